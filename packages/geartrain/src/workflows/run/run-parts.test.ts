import assert from "node:assert/strict"
import { test } from "node:test"
import type { Digest, JobRecord, OutputFile } from "@geartrain/spec"
import type { OpenStep, PlannedJob, RunEvent } from "@geartrain/spec/workflow"
import { digestOf, idOf, plannedJob, SAMPLE_STORED_GEAR, samplePlan } from "../../../test/workflows/sample-plan.ts"
import type { Presence, StepOrder } from "../workflow-jobs.ts"
import { MACHINE_CLOCK, type RunClock } from "./clock/run-clock.ts"
import { Watchdog } from "./clock/watchdog.ts"
import { describeWaiting } from "./describe-waiting.ts"
import { foldRun } from "./fold-run.ts"
import { type GraphNode, isDone, type JobNode, RunGraph } from "./graph.ts"
import { KnownOutputs } from "./known-outputs.ts"
import { NeededBytes } from "./needed-bytes.ts"
import { Orders, storedFiles } from "./order-jobs.ts"
import { Slots } from "./room/slots.ts"
import { countWords, runCounts } from "./run-counts.ts"
import { StagedFiles } from "./stage-files.ts"
import { Teller } from "./teller.ts"

interface Watched {
  readonly graph: RunGraph
  readonly log: string[]
}

function watched(jobs: readonly PlannedJob[], open: readonly OpenStep[] = []): Watched {
  const plan = samplePlan(jobs, { open })
  const log: string[] = []
  const graph = new RunGraph(plan, foldRun(plan, []), {
    onReady: ({ key }: GraphNode) => log.push(`ready ${key}`),
    onDone: ({ key }: GraphNode) => log.push(`done ${key}`),
    onLost: ({ key }: JobNode, because: string) => log.push(`lost ${key} by ${because}`),
  })
  return { graph, log }
}

function jobOf({ jobs }: RunGraph, key: string): JobNode {
  return jobs.get(key) ?? assert.fail(`no job ${key}`)
}

const output = (path: string, number: number): OutputFile => ({
  ...{ path, digest: digestOf(number), sizeBytes: 1, output: "out" },
})

test("a job is ready when all before it are done, and not earlier", () => {
  const { graph, log } = watched([plannedJob("a"), plannedJob("b"), plannedJob("c", ["a", "b"])])
  graph.begin()
  assert.deepEqual(log.splice(0), ["ready a", "ready b"])
  graph.finish(jobOf(graph, "a"), "complete")
  assert.deepEqual(log.splice(0), ["done a"])
  graph.finish(jobOf(graph, "b"), "skipped")
  assert.deepEqual(log, ["done b", "ready c"])
})

test("what fails takes along all that needs it, each once, and nothing else", () => {
  const { graph, log } = watched([
    plannedJob("a"),
    plannedJob("other"),
    plannedJob("b", ["a"]),
    plannedJob("c", ["a"]),
    plannedJob("d", ["b", "c"]),
  ])
  graph.begin()
  log.splice(0)
  graph.fail(jobOf(graph, "a"))
  assert.deepEqual(log.toSorted(), ["lost b by a", "lost c by a", "lost d by a"])
  assert.equal(jobOf(graph, "other").state, "settling")
})

test("an open step is done when all that it became is", () => {
  const { graph, log } = watched(
    [plannedJob("a"), plannedJob("end", [], { afterOpen: ["each"] })],
    [{ step: "each", gear: digestOf(3), awaits: ["a"] }],
  )
  graph.begin()
  graph.finish(jobOf(graph, "a"), "complete")
  assert.deepEqual(log.splice(0), ["ready a", "done a", "ready each"])
  const open = graph.open.get("each") ?? assert.fail()
  graph.expand(open, [plannedJob("each[0]"), plannedJob("each[1]")], [])
  assert.deepEqual(log.splice(0), ["ready each[0]", "ready each[1]"])
  graph.finish(jobOf(graph, "each[0]"), "complete")
  graph.finish(jobOf(graph, "each[1]"), "reused")
  assert.deepEqual(log, ["done each[0]", "done each[1]", "done each", "ready end"])
})

test("an open step that became nothing is done at once, and one that cannot become anything is lost", () => {
  const sketch = (): Watched =>
    watched([plannedJob("end", [], { afterOpen: ["each"] })], [{ step: "each", gear: digestOf(3), awaits: [] }])
  const empty = sketch()
  empty.graph.begin()
  empty.graph.expand(empty.graph.open.get("each") ?? assert.fail(), [], [])
  assert.deepEqual(empty.log, ["ready each", "done each", "ready end"])
  const lost = sketch()
  lost.graph.begin()
  lost.graph.loseOpen(lost.graph.open.get("each") ?? assert.fail())
  assert.deepEqual(lost.log, ["ready each", "lost end by each"])
})

test("jobs of a step that became known after what they need had failed are lost, also where that is a step", () => {
  const lost: string[] = []
  const plan = samplePlan([plannedJob("bad")], {
    open: ["gone", "x", "y", "z"].map((step) => ({ step, gear: digestOf(3), awaits: [] })),
  })
  const graph = new RunGraph(plan, foldRun(plan, []), {
    ...{ onReady: () => {}, onDone: () => {} },
    onLost: ({ key }, because) => lost.push(`${key} by ${because}`),
  })
  graph.begin()
  const node = (step: string) => graph.open.get(step) ?? assert.fail(step)
  graph.fail(jobOf(graph, "bad"))
  graph.loseOpen(node("gone"))
  graph.expand(node("x"), [plannedJob("x[0]", ["bad"]), plannedJob("x[1]", ["x[0]"])], [])
  graph.expand(node("y"), [plannedJob("y[0]", [], { afterOpen: ["gone"] })], [])
  assert.deepEqual(lost, ["x[0] by bad", "x[1] by bad", "y[0] by gone"])
  assert.deepEqual([node("x").state, node("y").state], ["lost", "lost"])
  graph.jobs.values = () => assert.fail("all jobs are looked at")
  graph.expand(node("z"), [plannedJob("z[0]", ["bad"])], [])
  assert.equal(jobOf(graph, "z[0]").state, "lost")
})

test("a job that was done is carried out again for its bytes, once, before whoever reads them", () => {
  const { graph, log } = watched([plannedJob("a"), plannedJob("b", ["a"])])
  const [a, b] = [jobOf(graph, "a"), jobOf(graph, "b")]
  graph.begin()
  graph.finish(a, "reused")
  log.splice(0)
  graph.waitAgain(b, [a])
  graph.force(a)
  assert.deepEqual([log.splice(0), b.state, b.waitsFor], [["ready a"], "waiting", 1])
  graph.finish(a, "complete")
  assert.deepEqual(log, ["done a", "ready b"])
  assert.equal(b.waitsFor, 0)
})

test("a plan in which jobs wait for what is not before them is refused", () => {
  const refused: readonly (readonly [readonly PlannedJob[], RegExp])[] = [
    [[plannedJob("a", ["a"])], /"a" waits for "a", which comes after it/],
    [[plannedJob("a", ["b"]), plannedJob("b")], /"a" waits for "b", which comes after it/],
    [[plannedJob("a", ["constructor"])], /"a" waits for "constructor", which it does not have/],
  ]
  for (const [jobs, message] of refused) {
    assert.throws(() => watched(jobs), { code: "WORKFLOW_PLAN_INVALID", message })
  }
  const { graph } = watched([plannedJob("x[0]")], [{ step: "x", gear: digestOf(3), awaits: [] }])
  assert.throws(() => graph.expand(graph.open.get("x") ?? assert.fail(), [plannedJob("x[0]")], []), {
    code: "WORKFLOW_PLAN_INVALID",
    message: /two jobs "x\[0\]"/,
  })
})

test("states that end a job well are told from all others", () => {
  assert.deepEqual(
    (["reused", "complete", "skipped", "failed", "lost", "running", "waiting", "queued"] as const).filter(isDone),
    ["reused", "complete", "skipped"],
  )
})

test("outputs are read once, of open steps too, and those whose record is gone are told", async () => {
  const { graph } = watched([plannedJob("a"), plannedJob("b")], [{ step: "each", gear: digestOf(3), awaits: [] }])
  graph.begin()
  graph.expand(graph.open.get("each") ?? assert.fail(), [plannedJob("each[0]"), plannedJob("each[1]")], [])
  const asked: string[] = []
  const known = new KnownOutputs(graph, {
    get: async (id) => {
      asked.push(id)
      return id === idOf(1) ? ({ outputs: [output("out", 7)] } as unknown as JobRecord) : undefined
    },
  })
  jobOf(graph, "each[0]").job = idOf(1)
  jobOf(graph, "each[1]").job = idOf(2)
  jobOf(graph, "b").state = "skipped"
  assert.deepEqual(
    (await known.load(["each", "b", "a", "nowhere"])).map(({ key }) => key),
    ["each[1]", "a"],
  )
  await known.load(["each[0]"])
  assert.deepEqual(asked, [idOf(1), idOf(2)])
  assert.deepEqual(known.outputsOf("each[0]"), [output("out", 7)])
  assert.equal(known.outputsOf("b"), "skipped")
  assert.deepEqual([known.keysOf("each"), known.keysOf("nowhere")], [["each[0]", "each[1]"], []])
  assert.throws(() => known.outputsOf("a"), { code: "WORKFLOW_PLAN_INVALID" })
})

function needing(stored: readonly Digest[]): {
  readonly graph: RunGraph
  readonly outputs: KnownOutputs
  readonly needed: NeededBytes
  readonly orders: Orders
  readonly resolved: string[]
} {
  const { graph } = watched([plannedJob("a"), plannedJob("b", ["a"])])
  const a = jobOf(graph, "a")
  a.state = "complete"
  a.outputs = [output("out", 7)]
  const resolved: string[] = []
  const files = new StagedFiles(samplePlan([]), {
    presence: async (digests) =>
      new Map(digests.map((digest): [Digest, Presence] => [digest, stored.includes(digest) ? "stored" : "freed"])),
    readFile: () => assert.fail("nothing lies outside of the store"),
  })
  const outputs = new KnownOutputs(graph, { get: async () => undefined })
  const orders = new Orders(
    {
      resolveGear: async (reference) => {
        resolved.push(reference)
        return SAMPLE_STORED_GEAR
      },
      invocationOf: () => ({ digest: digestOf(99), invocation: {} }) as never,
    },
    outputs,
  )
  return { graph, outputs, needed: new NeededBytes({ outputs, files }), orders, resolved }
}

const orderReading = (...numbers: readonly number[]): StepOrder => ({
  gear: SAMPLE_STORED_GEAR,
  config: {},
  files: new Map(numbers.map((number) => [`f${number}`, { name: "f", digest: digestOf(number), sizeBytes: 1 }])),
})

test("who made bytes that are gone is found, and bytes that nobody makes are told", async () => {
  const { graph, needed } = needing([])
  const b = jobOf(graph, "b")
  assert.deepEqual(await needing([digestOf(7)]).needed.makersFor(b, orderReading(7)), [])
  assert.deepEqual(
    (await needed.makersFor(b, orderReading(7))).map(({ key }) => key),
    ["a"],
  )
  await assert.rejects(needed.makersFor(b, orderReading(7, 8)), { code: "WORKFLOW_BYTES_GONE", message: /for "b"/ })
})

test("of several who made the same bytes the first is taken, and of one that was made again what it gives now", async () => {
  const { graph, outputs, needed } = needing([])
  const [a, b] = [jobOf(graph, "a"), jobOf(graph, "b")]
  outputs.note(b, { outputs: [output("out", 7), output("more", 8)] })
  const makers = async (...numbers: readonly number[]) =>
    (await needed.makersFor(b, orderReading(...numbers))).map(({ key }) => key)
  assert.deepEqual(await makers(7, 8), ["a", "b"])
  outputs.note(a, { outputs: [output("out", 9)] })
  assert.deepEqual([await makers(7), await makers(9)], [["b"], ["a"]])
})

test("a thousand files that are gone cost no more looks at what jobs gave than there are files", async () => {
  const { graph, outputs, needed } = needing([])
  let looks = 0
  const files = Array.from({ length: 1000 }, (_, index) => ({
    ...output(`part.${index}`, 100 + index),
    get digest() {
      looks += 1
      return digestOf(100 + index)
    },
  }))
  outputs.note(jobOf(graph, "a"), { outputs: files })
  const b = jobOf(graph, "b")
  for (let index = 0; index < 1000; index++) {
    assert.equal((await needed.makersFor(b, orderReading(100 + index))).length, 1)
  }
  assert.ok(looks <= 3000, `${looks} looks`)
})

test("what the workflow gives has to be stored only where that is asked for", async () => {
  const outputs = { all: { takes: "files" as const, parts: [{ jobs: ["a"] }] } }
  const { needed } = needing([])
  assert.deepEqual(Object.keys(await needed.ofWorkflow({ outputs }, false)), ["outputs"])
  const again = await needed.ofWorkflow({ outputs }, true)
  assert.deepEqual("makers" in again ? again.makers.map(({ key }) => key) : again, ["a"])
  const there = await needing([digestOf(7)]).needed.ofWorkflow({ outputs }, true)
  assert.equal("outputs" in there && there.outputs["all"]?.[0]?.digest, digestOf(7))
})

test("an order has what the jobs before have given, and each gear is looked up once", async () => {
  const { graph, orders, resolved } = needing([])
  const ordered = await orders.of(jobOf(graph, "b"))
  await orders.of(jobOf(graph, "b"))
  assert.ok(ordered !== "skipped" && "order" in ordered)
  assert.deepEqual(
    [...ordered.order.files.values()].map(({ digest }) => digest),
    [digestOf(7)],
  )
  assert.equal(resolved.length, 1)
  assert.deepEqual(
    storedFiles(ordered.order).map(({ digest }) => digest),
    [digestOf(7)],
  )
  assert.deepEqual(
    storedFiles({
      ...ordered.order,
      files: new Map([["f", { name: "f", digest: digestOf(1), sizeBytes: 1, path: "/f" }]]),
    }),
    [],
  )
})

test("a job is skipped with what it reads, and waits for one whose record is gone", async () => {
  const skipped = needing([])
  jobOf(skipped.graph, "a").state = "skipped"
  assert.equal(await skipped.orders.of(jobOf(skipped.graph, "b")), "skipped")
  const gone = needing([])
  const a = jobOf(gone.graph, "a")
  delete (a as { outputs?: unknown }).outputs
  assert.deepEqual(await gone.orders.of(jobOf(gone.graph, "b")), { missing: [a] })
})

test("what a run waits for is said in sentences, the longest first, and many are counted", () => {
  const { graph } = watched(Array.from({ length: 7 }, (_, index) => plannedJob(`j${index}`)))
  const running = [...graph.jobs.values()]
  for (const [index, node] of running.entries()) node.since = `2026-01-0${7 - index}T00:00:00.000Z`
  ;(running[6] as JobNode).job = idOf(1)
  const slots = new Slots({ jobs: 2, cpus: 2, memoryBytes: 1, categories: { gpu: 1 } })
  slots.take({ cpus: 1, memoryBytes: 0, category: "gpu" })
  const queue = [
    { demand: { cpus: 1, memoryBytes: 0, category: "gpu" }, priority: 0, order: 0 },
    { demand: { cpus: 1, memoryBytes: 0, category: "free" }, priority: 0, order: 1 },
    { demand: { cpus: 1, memoryBytes: 0 }, priority: 0, order: 2 },
  ]
  const said = describeWaiting({ running, queue, slots, logCommand: "gear logs --server=URL" })
  assert.equal(said[0], `"j6" has run since 2026-01-01T00:00:00.000Z (gear logs --server=URL ${idOf(1)})`)
  assert.equal(said[5], "2 more jobs run")
  assert.deepEqual(said.slice(6), [
    '1 job waits for a place of category "gpu": 1 of 1 run',
    "2 jobs wait for room: 1 of 2 run",
  ])
  assert.deepEqual(describeWaiting({ running: [], queue: [], slots, logCommand: "gear logs" }), [])
})

test("jobs are counted by state, and what there is none of is left out", () => {
  const plan = samplePlan([plannedJob("a"), plannedJob("b"), plannedJob("c")])
  const at = "2026-01-01T00:00:00.000Z"
  const events: RunEvent[] = [
    { at, event: "job", key: "a", state: "complete", attempt: 1 },
    { at, event: "job", key: "b", state: "failed", attempt: 1 },
  ]
  const counts = runCounts(foldRun(plan, events))
  assert.deepEqual([counts.complete, counts.failed, counts.waiting, counts.lost], [1, 1, 1, 0])
  assert.equal(countWords(counts), "1 complete, 1 waiting, 1 failed")
  assert.equal(countWords(runCounts(foldRun(samplePlan([]), []))), "no jobs")
})

function fakeClock(): RunClock & { readonly waiting: { ms: number; call: () => void }[] } {
  const waiting: { ms: number; call: () => void }[] = []
  return {
    waiting,
    now: () => "2026-01-01T00:00:00.000Z",
    after: (ms, call) => {
      const timer = { ms, call }
      waiting.push(timer)
      return () => waiting.splice(waiting.indexOf(timer), 1)
    },
  }
}

test("after long silence somebody is told, not after each event, and never after the end", () => {
  const clock = fakeClock()
  let told = 0
  const dog = new Watchdog(clock, () => told++)
  const ring = (): void => clock.waiting.shift()?.call()
  dog.touch()
  ring()
  assert.equal(told, 0)
  ring()
  ring()
  assert.equal(told, 2)
  assert.equal(clock.waiting.length, 1)
  dog.end()
  assert.equal(clock.waiting.length, 0)
})

test("what happens is written down before it is told, with its time", () => {
  const log: (readonly [string, RunEvent])[] = []
  const teller = new Teller(
    { clock: fakeClock(), journal: { append: (event) => log.push(["journal", event]), settled: async () => {} } },
    { onEvent: (event) => log.push(["told", event]) },
  )
  const { graph } = watched([plannedJob("a")])
  const a = jobOf(graph, "a")
  a.job = idOf(1)
  teller.job(a, "failed", "it broke")
  teller.job(a, "skipped")
  assert.deepEqual(
    log.map(([who]) => who),
    ["journal", "told", "journal", "told"],
  )
  assert.deepEqual(log[0]?.[1], {
    at: "2026-01-01T00:00:00.000Z",
    ...{ event: "job", key: "a", state: "failed", attempt: 0, job: idOf(1), why: "it broke" },
  })
  assert.equal(Object.hasOwn(log[2]?.[1] ?? {}, "job"), false)
})

test("the machine's clock tells UTC, calls once, and can be taken back", async () => {
  assert.match(MACHINE_CLOCK.now(), /^\d{4}-\d\d-\d\dT.*Z$/)
  let calls = 0
  const stop = MACHINE_CLOCK.after(0, () => assert.fail("it was taken back"))
  stop()
  // Its timers keep no program alive, so that this test has one of its own.
  const alive = setInterval(() => {}, 1_000)
  await new Promise<void>((resolve) => {
    MACHINE_CLOCK.after(0, () => {
      calls++
      resolve()
    })
  })
  clearInterval(alive)
  assert.equal(calls, 1)
})
