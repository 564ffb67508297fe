import assert from "node:assert/strict"
import { isGeartrainError } from "@geartrain/spec"
import type { TraceAction, TraceEvent, TracePlan } from "../tracer.ts"
import type { Law } from "./law.ts"
import type { TraceBench, TraceOutcome, TraceStep } from "./trace-bench.ts"

/** What every tracer promises. A backend's test brings a bench, which runs programs under the tracer's plan. */
export const tracerLaws: readonly Law<TraceBench>[] = [
  {
    id: "plan/mounts-absolute-paths",
    says: "every mount of a plan has absolute paths, and no two have one target",
    check: async (bench) => {
      const { mounts } = await newPlan(bench)
      for (const { source, target } of mounts) assert.ok(source.startsWith("/") && target.startsWith("/"))
      assert.equal(new Set(mounts.map(({ target }) => target)).size, mounts.length)
    },
  },
  {
    id: "plan/changes-neither-output-nor-exit",
    says: "a command prints and ends under a plan as it does without",
    check: async (bench) => {
      const steps: readonly TraceStep[] = [
        { act: "print", text: "out\n" },
        { act: "exit", code: 3 },
      ]
      const plan = await newPlan(bench)
      assert.deepEqual(await bench.run(steps, plan), await bench.run(steps))
    },
  },
  {
    id: "plan/changes-no-file",
    says: "what a command writes under a plan is there afterwards",
    check: async (bench) => {
      const plan = await newPlan(bench)
      await bench.run([{ act: "write", path: A, text: "kept" }], plan)
      assert.equal((await bench.run([{ act: "show", path: A }])).stdout, "kept")
    },
  },
  {
    id: "plan/is-for-its-own-folder",
    says: "what two commands do under two plans is told apart",
    check: async (bench) => {
      const action = fileAction(bench)
      const [first, second] = [await bench.folder(), await bench.folder()]
      const plans = [await bench.tracer.plan(first), await bench.tracer.plan(second)] as const
      await bench.run(PREPARED)
      await bench.run([stepFor(action, A)], plans[0])
      await bench.run([stepFor(action, B)], plans[1])
      assert.deepEqual(fileSubjects(await readEvents(bench, first), action), [A])
      assert.deepEqual(fileSubjects(await readEvents(bench, second), action), [B])
    },
  },
  sees("read", "a file that was read", { act: "read", path: "/tmp/law-a" }),
  sees("write", "a file that was written", { act: "write", path: "/tmp/law-a", text: "new" }),
  sees("execute", "a program that was executed", { act: "execute", path: "/bin/true" }),
  sees("look", "a name that was looked for", { act: "look", path: "/tmp/law-a" }),
  {
    id: "events/sees-connect",
    says: "an attempt to reach an address is told, with its port",
    when: (bench) => offers(bench, "connect"),
    check: async (bench) => {
      const { events } = await trace(bench, [{ act: "connect", host: "127.0.0.1", port: 9 }])
      const found = events.some(({ action, subject }) => action === "connect" && subject === "127.0.0.1:9")
      // Nobody listens there, so that only a tracer that sees failures has anything to see.
      assert.equal(found, bench.tracer.capabilities.failures)
    },
  },
  {
    id: "events/sees-failures",
    says: "a file that was wanted and is not there is told as an attempt that failed",
    when: (bench) => bench.tracer.capabilities.failures && offers(bench, "read"),
    check: async (bench) => {
      const { events } = await trace(bench, [{ act: "read", path: MISSING }])
      assert.ok(events.some(({ subject, succeeded }) => subject === MISSING && !succeeded))
      assert.ok(!events.some(({ subject, succeeded }) => subject === MISSING && succeeded))
    },
  },
  {
    id: "events/has-no-failures-without-the-capability",
    says: "a tracer that does not offer failures tells only what succeeded",
    when: (bench) => !bench.tracer.capabilities.failures,
    check: async (bench) => {
      const { events } = await trace(bench, [{ act: "read", path: MISSING }])
      assert.ok(events.every(({ succeeded }) => succeeded))
    },
  },
  {
    id: "events/are-of-the-offered-actions",
    says: "a tracer tells no action that it does not offer",
    check: async (bench) => {
      const { events } = await trace(bench, [...PREPARED, ...EVERYTHING])
      for (const { action } of events) assert.ok(offers(bench, action), action)
    },
  },
  {
    id: "events/have-whole-subjects",
    says: "a subject is an absolute path, or an address with its port",
    check: async (bench) => {
      const { events } = await trace(bench, [...PREPARED, ...EVERYTHING])
      for (const { action, subject } of events) assert.match(subject, action === "connect" ? /:\d+$/ : /^\//)
    },
  },
  {
    id: "events/tell-names-exactly",
    says: "a name with spaces, quotes, line breaks and letters of any language is told as it is",
    check: async (bench) => {
      const action = fileAction(bench)
      const path = "/tmp/law '\"\\\n\té😀 [=1]"
      const { events } = await trace(bench, [{ act: "write", path, text: "x" }, stepFor(action, path)])
      assert.ok(has(events, action, path))
    },
  },
  {
    id: "events/keep-order-and-number",
    says: "events come in the order in which they happened, each as often as it happened",
    check: async (bench) => {
      const action = fileAction(bench)
      await bench.run(PREPARED)
      const { events } = await trace(bench, [stepFor(action, A), stepFor(action, B), stepFor(action, A)])
      assert.deepEqual(fileSubjects(events, action), [A, B, A])
    },
  },
  {
    id: "events/follow-children",
    says: "what a child process does is told, too",
    check: async (bench) => {
      const action = fileAction(bench)
      await bench.run(PREPARED)
      const { events } = await trace(bench, [{ act: "child", steps: [stepFor(action, A)] }])
      assert.ok(has(events, action, A))
    },
  },
  {
    id: "events/survive-a-kill",
    says: "the record of a command that was killed is whole up to there",
    check: async (bench) => {
      const action = fileAction(bench)
      await bench.run(PREPARED)
      const { events, outcome } = await trace(bench, [stepFor(action, A), { act: "kill" }])
      assert.equal(outcome.code, 137)
      assert.ok(has(events, action, A))
    },
  },
  {
    id: "events/are-out-of-reach",
    says: "a command that destroys all that a plan mounted changes nothing of its record",
    check: async (bench) => {
      const action = fileAction(bench)
      await bench.run(PREPARED)
      const folder = await bench.folder()
      const plan = await bench.tracer.plan(folder)
      const destroy = plan.mounts.map(({ target }): TraceStep => ({ act: "destroy", path: target }))
      await bench.run([stepFor(action, A), ...destroy, stepFor(action, B)], plan)
      const events = await readEvents(bench, folder)
      assert.ok(has(events, action, A) && has(events, action, B))
    },
  },
  {
    id: "events/can-be-read-again",
    says: "reading a record does not change it",
    check: async (bench) => {
      const { events, folder } = await trace(bench, [...PREPARED, ...EVERYTHING])
      assert.deepEqual(await readEvents(bench, folder), events)
    },
  },
  {
    id: "events/refuse-a-missing-record",
    says: "where no command ran there is TRACE_UNREADABLE, and not an empty record",
    check: async (bench) => {
      const folder = await bench.folder()
      await bench.tracer.plan(folder)
      await rejectsUnreadable(readEvents(bench, folder))
    },
  },
  {
    id: "events/refuse-a-record-that-was-cut-short",
    says: "a record that ends in the middle is TRACE_UNREADABLE, and not a shorter record",
    check: async (bench) => {
      const { folder } = await trace(bench, [...PREPARED, ...EVERYTHING])
      await bench.cutShort(folder)
      await rejectsUnreadable(readEvents(bench, folder))
    },
  },
]

const A = "/tmp/law-a"
const B = "/tmp/law-b"
const MISSING = "/tmp/law-missing"

const PREPARED: readonly TraceStep[] = [
  { act: "write", path: A, text: "a" },
  { act: "write", path: B, text: "b" },
]

const EVERYTHING: readonly TraceStep[] = [
  { act: "read", path: A },
  { act: "write", path: B, text: "new" },
  { act: "execute", path: "/bin/true" },
  { act: "look", path: A },
  { act: "look", path: MISSING },
  { act: "connect", host: "127.0.0.1", port: 9 },
]

/** The law that one action on a file is seen. */
function sees(action: TraceAction, what: string, step: TraceStep & { readonly path: string }): Law<TraceBench> {
  return {
    id: `events/sees-${action}`,
    says: `${what} is told`,
    when: (bench) => offers(bench, action),
    check: async (bench) => {
      await bench.run(PREPARED)
      const { events } = await trace(bench, [step])
      assert.ok(has(events, action, step.path), JSON.stringify(events.slice(0, 20)))
    },
  }
}

function offers(bench: TraceBench, action: TraceAction): boolean {
  return bench.tracer.capabilities.actions.includes(action)
}

function newPlan(bench: TraceBench): Promise<TracePlan> {
  return bench.folder().then((folder) => bench.tracer.plan(folder))
}

interface Traced {
  readonly folder: string
  readonly events: readonly TraceEvent[]
  readonly outcome: TraceOutcome
}

async function trace(bench: TraceBench, steps: readonly TraceStep[]): Promise<Traced> {
  const folder = await bench.folder()
  const outcome = await bench.run(steps, await bench.tracer.plan(folder))
  return { folder, outcome, events: await readEvents(bench, folder) }
}

async function readEvents(bench: TraceBench, folder: string): Promise<readonly TraceEvent[]> {
  const events: TraceEvent[] = []
  for await (const event of bench.tracer.events(folder)) events.push(event)
  return events
}

function has(events: readonly TraceEvent[], action: TraceAction, subject: string): boolean {
  return events.some((event) => event.action === action && event.subject === subject && event.succeeded)
}

/** An action that this tracer offers and that the laws can have done to a file. A tracer without any is none. */
function fileAction(bench: TraceBench): "read" | "write" | "look" {
  const action = (["read", "write", "look"] as const).find((candidate) => offers(bench, candidate))
  assert.ok(action !== undefined, "the tracer offers read, write or look")
  return action
}

function stepFor(action: "read" | "write" | "look", path: string): TraceStep {
  return action === "write" ? { act: "write", path, text: "again" } : { act: action, path }
}

/**
 * The files of the laws that an action was done to, in order. Real commands read much else, and one reading may be several system calls, one
 * after the other.
 */
function fileSubjects(events: readonly TraceEvent[], action: TraceAction): readonly string[] {
  const all = events
    .filter((event) => event.action === action && event.succeeded && [A, B].includes(event.subject))
    .map(({ subject }) => subject)
  return all.filter((subject, index) => subject !== all[index - 1])
}

async function rejectsUnreadable(reading: Promise<unknown>): Promise<void> {
  await assert.rejects(reading, (error) => isGeartrainError(error, "TRACE_UNREADABLE"))
}
