import assert from "node:assert/strict"
import { test } from "node:test"
import { GeartrainError } from "@geartrain/spec"
import type { RunEvent, WorkflowPlan } from "@geartrain/spec/workflow"
import type { StepOrder } from "../../src/workflows/workflow-jobs.ts"
import { digestOfText, FakeJobs } from "./fake-jobs.ts"
import { ROOMY, runFake } from "./run-fake.ts"
import { digestOf, idOf, plannedJob, samplePlan } from "./sample-plan.ts"

const DIAMOND = samplePlan(
  [
    plannedJob("split"),
    plannedJob("left", ["split"]),
    plannedJob("right", ["split"]),
    plannedJob("join", ["left", "right"]),
  ],
  { outputs: { result: { takes: "file", parts: [{ jobs: ["join"], output: "out" }] } } },
)

const states = (view: { readonly jobs: ReadonlyMap<string, { readonly state: string }> }): Record<string, string> =>
  Object.fromEntries([...view.jobs].map(([key, { state }]) => [key, state]))

const FAIL = {
  failure: { reason: "NONZERO_EXIT", message: "The gear ended with exit code 3" },
  exit: { code: 3 },
} as const

test("every job runs once, after what it reads, and the outputs of the workflow are told", async () => {
  const jobs = new FakeJobs()
  const { outcome, view } = await runFake(DIAMOND, jobs)
  assert.equal(outcome.state, "complete")
  assert.equal(jobs.started[0], "split")
  assert.equal(jobs.started[3], "join")
  assert.equal(outcome.outputs?.["result"]?.length, 1)
  assert.deepEqual(states(view), { split: "complete", left: "complete", right: "complete", join: "complete" })
})

test("a second run does nothing again; and where one output stays as it was, what reads it is not run", async () => {
  const jobs = new FakeJobs({
    end: ({ config }) => ({ outputs: { out: config["key"] === "left" ? "same" : String(config["key"]) } }),
  })
  await runFake(DIAMOND, jobs)
  jobs.started.length = 0
  const again = await runFake(DIAMOND, jobs)
  assert.deepEqual(jobs.started, [])
  assert.deepEqual(new Set(Object.values(states(again.view))), new Set(["reused"]))
  const changed = DIAMOND.jobs.map((job) => (job.key === "left" ? { ...job, config: { key: "left", more: 1 } } : job))
  const third = await runFake({ ...DIAMOND, jobs: changed }, jobs)
  assert.deepEqual(jobs.started, ["left"])
  assert.deepEqual(states(third.view), { split: "reused", left: "complete", right: "reused", join: "reused" })
})

test("what may not be reused is run, and reuse can be kept to certain jobs", async () => {
  const jobs = new FakeJobs()
  await runFake(DIAMOND, jobs)
  await runFake({ ...DIAMOND, options: { reuse: "none", cleanup: "none" } }, jobs)
  assert.equal(jobs.started.length, 8)
  await runFake(DIAMOND, jobs, { mayStand: () => false })
  assert.equal(jobs.started.length, 12)
  const never = DIAMOND.jobs.map((job) => (job.key === "right" ? { ...job, policy: { reuse: "never" as const } } : job))
  await runFake({ ...DIAMOND, jobs: never }, jobs)
  assert.deepEqual(jobs.started.slice(12), ["right"])
})

test("what a plan says is reused is taken without a look, and its outputs are read when somebody needs them", async () => {
  const jobs = new FakeJobs()
  const first = await runFake(DIAMOND, jobs)
  const split = first.view.jobs.get("split")?.job ?? ""
  const planned = DIAMOND.jobs.map((job) =>
    job.key === "split" ? { ...job, action: "reuse" as const, reuses: split, reason: { kind: "same" as const } } : job,
  )
  const { view } = await runFake({ ...DIAMOND, jobs: planned }, jobs)
  assert.equal(view.jobs.get("split")?.job, split)
  assert.equal(view.jobs.get("join")?.state, "reused")
  jobs.records.delete(split)
  const changed = planned.map((job) => (job.key === "left" ? { ...job, config: { key: "left", more: 2 } } : job))
  const again = await runFake({ ...DIAMOND, jobs: changed }, jobs)
  assert.equal(again.outcome.state, "complete")
  assert.equal(again.view.jobs.get("split")?.state, "complete")
})

test("a plan of nothing but what is there already is done at once", async () => {
  const jobs = new FakeJobs()
  const first = await runFake(DIAMOND, jobs)
  const planned = DIAMOND.jobs.map((job) => {
    const reuses = first.view.jobs.get(job.key)?.job ?? ""
    return { ...job, action: "reuse" as const, reuses, reason: { kind: "same" as const } }
  })
  jobs.started.length = 0
  const again = await runFake({ ...DIAMOND, jobs: planned }, jobs, { needsOutputs: true })
  assert.equal(again.outcome.state, "complete")
  assert.equal(again.outcome.outputs?.["result"]?.length, 1)
  assert.deepEqual(jobs.started, [])
})

test("of two jobs that are the same by content one runs, and the other takes what it gave", async () => {
  const twin = plannedJob("twin", [], { config: { key: "split" } })
  const { view } = await runFake(samplePlan([plannedJob("split"), twin]), new FakeJobs())
  assert.deepEqual(states(view), { split: "complete", twin: "reused" })
})

test("what failed loses what needs it; by default nothing new starts, and what runs ends", async () => {
  const plan = samplePlan([
    plannedJob("bad"),
    plannedJob("good"),
    plannedJob("after", ["bad"]),
    plannedJob("far", ["after"]),
  ])
  const end = ({ config }: { config: object }) =>
    "key" in config && config.key === "bad" ? FAIL : { outputs: { out: "x" } }
  const one = await runFake(plan, new FakeJobs({ end }), { capacity: { ...ROOMY, jobs: 1 } })
  assert.equal(one.outcome.state, "failed")
  assert.deepEqual(states(one.view), { bad: "failed", good: "waiting", after: "lost", far: "lost" })
  assert.match(one.view.why ?? "", /"bad" failed/)
  const both = await runFake(plan, new FakeJobs({ end }))
  assert.deepEqual(states(both.view), { bad: "failed", good: "complete", after: "lost", far: "lost" })
  const kept = await runFake(plan, new FakeJobs({ end }), { capacity: { ...ROOMY, jobs: 1 }, keepGoing: true })
  assert.equal(kept.outcome.state, "failed")
  assert.equal(kept.view.jobs.get("good")?.state, "complete")
})

test("a failed run that is taken up tries again what failed, and nothing else", async () => {
  let isBroken = true
  const jobs = new FakeJobs({
    end: ({ config }) => (isBroken && config["key"] === "left" ? FAIL : { outputs: { out: String(config["key"]) } }),
  })
  const first = await runFake(DIAMOND, jobs, { keepGoing: true })
  assert.deepEqual(states(first.view), { split: "complete", left: "failed", right: "complete", join: "lost" })
  isBroken = false
  const second = await runFake(DIAMOND, jobs, { before: first.events })
  assert.equal(second.outcome.state, "complete")
  assert.deepEqual(jobs.started.slice(3), ["left", "join"])
})

test("a run that is taken up repeats nothing that was done, though nothing may be reused", async () => {
  const plan = { ...DIAMOND, options: { reuse: "none", cleanup: "none" } } as const
  const jobs = new FakeJobs()
  const whole = await runFake(plan, jobs)
  for (let length = 1; length <= whole.events.length; length++) {
    const begun = new Set(
      whole.events
        .slice(0, length)
        .flatMap((event) => (event.event === "job" && event.state === "running" ? [event.key] : [])),
    )
    jobs.started.length = 0
    const again = await runFake(plan, jobs, { before: whole.events.slice(0, length) })
    assert.equal(again.outcome.state, "complete")
    // What was begun has a record by now, that of a job which is complete.
    assert.deepEqual(
      jobs.started.toSorted(),
      ["split", "left", "right", "join"].filter((key) => !begun.has(key)).toSorted(),
    )
  }
})

test("what was left under way is followed beside what is new, in its room, and nothing is begun twice", async () => {
  const plan = samplePlan([
    plannedJob("one"),
    plannedJob("two"),
    { ...plannedJob("twin"), config: { key: "one" } },
    plannedJob("new"),
    plannedJob("last"),
  ])
  const before: readonly RunEvent[] = [
    { at: "1", event: "run", state: "running" },
    ...["one", "two"].map((key, index): RunEvent => {
      return { at: "2", event: "job", key, state: "running", attempt: 1, job: idOf(900 + index) }
    }),
  ]
  const jobs = new FakeJobs()
  const ends = new Map<string, PromiseWithResolvers<void>>()
  jobs.get = async (id) => {
    const end = Promise.withResolvers<void>()
    ends.set(id, end)
    await end.promise
    // Of the first there came something; the other was lost.
    return id === idOf(900) ? await jobs.run(await orderOf("one"), { id }) : undefined
  }
  const orderOf = async (key: string): Promise<StepOrder> => {
    return { gear: await jobs.resolveGear(), config: { key }, files: new Map() }
  }
  const seen: string[][] = []
  const { outcome, view, events } = await runFake(plan, jobs, {
    before,
    capacity: { ...ROOMY, jobs: 3 },
    onEvent: (event) => {
      if (event.event !== "job" || event.state !== "complete") return
      seen.push([event.key, ...jobs.started])
      // What is new is done one after the other, in the room that the two leave.
      if (event.key === "last") for (const end of ends.values()) end.resolve()
    },
  })
  assert.equal(outcome.state, "complete")
  assert.deepEqual(seen.slice(0, 2), [
    ["new", "new"],
    ["last", "new", "last"],
  ])
  assert.deepEqual([...ends.keys()], [idOf(900), idOf(901)])
  assert.deepEqual(jobs.started.toSorted(), ["last", "new", "one", "two"])
  assert.deepEqual(states(view), {
    ...{ one: "complete", two: "complete", twin: "reused", new: "complete", last: "complete" },
  })
  assert.equal(
    events.filter((event) => event.event === "job" && event.key === "two" && event.state === "running").length,
    2,
  )
})

test("what was left under way and is cancelled is told, and can be taken up again", async () => {
  const plan = samplePlan([plannedJob("one"), plannedJob("two")])
  const before: readonly RunEvent[] = [
    { at: "1", event: "run", state: "running" },
    { at: "2", event: "job", key: "one", state: "running", attempt: 1, job: idOf(900) },
  ]
  const jobs = new FakeJobs()
  const end = Promise.withResolvers<void>()
  jobs.get = async () => {
    await end.promise
    throw new GeartrainError("INTERRUPTED", "The server is not waited for any more")
  }
  const cancelled = await runFake(plan, jobs, {
    before,
    capacity: { ...ROOMY, jobs: 1 },
    onRun: (run) => {
      setImmediate(() => {
        run.cancel("enough")
        end.resolve()
      })
    },
  })
  assert.equal(cancelled.outcome.state, "cancelled")
  assert.deepEqual(states(cancelled.view), { one: "cancelled", two: "waiting" })
  const again = new FakeJobs()
  const whole = await runFake(plan, again, { before: cancelled.events })
  assert.deepEqual([whole.outcome.state, again.started.toSorted()], ["complete", ["one", "two"]])
})

test("a try that lacked memory is followed by one with more, and what the gear's exit code says is not tried again", async () => {
  const limits: (number | undefined)[] = []
  const jobs = new FakeJobs({
    end: (_, options) => {
      limits.push(options.limits?.memoryBytes)
      const { memoryBytes = 0 } = options.limits ?? {}
      if (memoryBytes >= 400) return { outputs: { out: "x" } }
      return { failure: { reason: "OUT_OF_MEMORY", message: "It needed more" }, exit: { code: 137, outOfMemory: true } }
    },
  })
  const policy = { retry: { attempts: 4, grow: { memory: 2 } } }
  const { view } = await runFake(samplePlan([plannedJob("a", [], { limits: { memoryBytes: 100 }, policy })]), jobs)
  assert.deepEqual(limits, [100, 200, 400])
  assert.deepEqual(
    view.jobs.get("a")?.attempts.map(({ state }) => state),
    ["failed", "failed", "complete"],
  )
  const failing = new FakeJobs({ end: () => FAIL })
  const other = await runFake(samplePlan([plannedJob("a", [], { policy })]), failing)
  assert.equal(failing.started.length, 1)
  assert.equal(other.view.jobs.get("a")?.state, "failed")
  const asked = { retry: { attempts: 3, on: ["exit" as const] } }
  await runFake(samplePlan([plannedJob("a", [], { policy: asked })]), failing)
  assert.equal(failing.started.length, 4)
})

test("exit codes that the step takes are no failure", async () => {
  const jobs = new FakeJobs({ end: () => FAIL })
  const { outcome, view } = await runFake(samplePlan([plannedJob("a", [], { acceptExitCodes: [3] })]), jobs)
  assert.equal(outcome.state, "complete")
  assert.equal(view.jobs.get("a")?.state, "complete")
})

test("what ended with an exit code that the step takes is reused by it, and by no step that does not take it", async () => {
  const jobs = new FakeJobs({ end: () => FAIL })
  const takes = (...acceptExitCodes: readonly number[]) => samplePlan([plannedJob("a", [], { acceptExitCodes })])
  await runFake(takes(3), jobs)
  const again = await runFake(takes(4, 3), jobs)
  assert.deepEqual(states(again.view), { a: "reused" })
  assert.equal(jobs.started.length, 1)
  const other = await runFake(takes(4), jobs)
  assert.deepEqual([states(other.view), jobs.started.length], [{ a: "failed" }, 2])
})

test("of two that are the same, one that takes its exit code does not end as the one that does not", async () => {
  const same = { config: { key: "same" } }
  const plan = samplePlan([plannedJob("a", [], same), plannedJob("b", [], { ...same, acceptExitCodes: [3] })])
  const { view } = await runFake(plan, new FakeJobs({ end: () => FAIL }), { keepGoing: true })
  assert.deepEqual(states(view), { a: "failed", b: "complete" })
})

test("what is skipped skips what reads it alone; a gather goes on without it", async () => {
  const plan = samplePlan([
    plannedJob("each[0]"),
    plannedJob("each[1]", [], { action: "skip" }),
    plannedJob("alone", ["each[1]"]),
    plannedJob("gather", [], {
      after: ["each[0]", "each[1]"],
      inputs: { all: { takes: "files", parts: [{ jobs: ["each[0]", "each[1]"], output: "out" }] } },
    }),
  ])
  const { outcome, view } = await runFake(plan, new FakeJobs())
  assert.equal(outcome.state, "complete")
  assert.deepEqual(states(view), { "each[0]": "complete", "each[1]": "skipped", alone: "skipped", gather: "complete" })
})

test("an output that was promised and did not come is named, with who should have given it", async () => {
  const jobs = new FakeJobs({ end: () => ({ outputs: { other: "x" } }) })
  const reader = plannedJob("reader", ["maker"], {
    inputs: { reads: { takes: "file", parts: [{ jobs: ["maker"], output: "bam" }] } },
  })
  const { outcome, view } = await runFake(samplePlan([plannedJob("maker"), reader]), jobs)
  assert.equal(outcome.state, "failed")
  assert.match(
    view.jobs.get("reader")?.why ?? "",
    /input "reads" takes one file, and output "bam" of "maker" is nothing/,
  )
})

test("limits hold, and priority comes before the order of the plan", async () => {
  const jobs = new FakeJobs({ lasts: () => new Promise((resolve) => setTimeout(resolve, 2)) })
  const many = Array.from({ length: 20 }, (_, index) =>
    plannedJob(`j[${index}]`, [], {
      limits: { cpuCores: index % 2 === 0 ? 2 : 1 },
      policy: index === 19 ? { priority: 5 } : { category: "few" },
    }),
  )
  const capacity = { jobs: 6, cpus: 4, memoryBytes: 1000, categories: { few: 3 } }
  const { outcome } = await runFake(samplePlan(many), jobs, { capacity })
  assert.equal(outcome.state, "complete")
  assert.equal(jobs.started[0], "j[19]")
  assert.ok(jobs.mostRunning <= 4)
})

test("an open step becomes jobs when what it waits for is there, and none is fine", async () => {
  const plan = samplePlan(
    [
      plannedJob("split"),
      plannedJob("gather", [], {
        action: "await",
        after: [],
        afterOpen: ["each"],
        inputs: { all: { takes: "files", parts: [{ step: "each", output: "out" }] } },
      }),
    ],
    { open: [{ step: "each", gear: digestOf(1), awaits: ["split"] }] },
  )
  for (const count of [0, 3]) {
    const jobs = new FakeJobs()
    const { outcome, view, events } = await runFake(plan, jobs, {
      expandOpen: async (step, _plan, done) => {
        assert.equal(done.outputsOf("split").length, 1)
        const keys = Array.from({ length: count }, (_, index) => plannedJob(`${step.step}[${index}]`, ["split"]))
        return { jobs: keys, open: [] }
      },
    })
    assert.equal(outcome.state, "complete")
    assert.equal(view.jobs.size, count + 2)
    assert.equal(jobs.started.at(-1), "gather")
    const again = await runFake(plan, jobs, { before: events.slice(0, -1) })
    assert.equal(again.outcome.state, "complete")
    assert.equal(jobs.started.length, count + 2)
  }
})

test("what an open step gave goes when it was read, and what it read when it is done", async () => {
  const plan = samplePlan(
    [
      plannedJob("split"),
      plannedJob("gather", [], {
        action: "await",
        afterOpen: ["each"],
        inputs: { all: { takes: "files", parts: [{ step: "each", output: "out" }] } },
      }),
    ],
    {
      open: [{ step: "each", gear: digestOf(1), awaits: ["split"] }],
      options: { reuse: "any", cleanup: "inplace" },
      outputs: { result: { takes: "file", parts: [{ jobs: ["gather"], output: "out" }] } },
    },
  )
  const jobs = new FakeJobs()
  const { outcome, view } = await runFake(plan, jobs, {
    expandOpen: async () => ({
      jobs: [0, 1].map((index) =>
        plannedJob(`each[${index}]`, ["split"], {
          inputs: { from: { takes: "file", parts: [{ jobs: ["split"], output: "out" }] } },
        }),
      ),
      open: [],
    }),
  })
  assert.equal(outcome.state, "complete")
  assert.deepEqual(jobs.missed, [])
  assert.deepEqual([...view.freed.keys()].toSorted(), ["each[0]", "each[1]", "split"])
  assert.equal(jobs.stored.size, 1)
})

test("an open step that cannot become jobs fails the run and loses what needs it", async () => {
  const after = plannedJob("after", [], { afterOpen: ["each"], action: "await" })
  const plan = samplePlan([after], { open: [{ step: "each", gear: digestOf(1), awaits: [] }] })
  const { outcome, view } = await runFake(plan, new FakeJobs(), {
    expandOpen: () => Promise.reject(new GeartrainError("GLOB_TOO_COSTLY", "the glob matches a million")),
  })
  assert.equal(outcome.state, "failed")
  assert.deepEqual(states(view), { after: "lost" })
  // A mistake of the program is no failure of the step.
  const mistaken = runFake(plan, new FakeJobs(), { expandOpen: () => Promise.reject(new RangeError("a mistake")) })
  await assert.rejects(mistaken, RangeError)
})

test("an open step whose items a forgotten job gave waits until that was carried out again", async () => {
  const jobs = new FakeJobs()
  const first = await runFake(samplePlan([plannedJob("split")]), jobs)
  const job = first.view.jobs.get("split")?.job ?? assert.fail()
  jobs.records.delete(job)
  const split = plannedJob("split", [], { action: "reuse", reuses: job, reason: { kind: "same" } })
  const plan = samplePlan([split], { open: [{ step: "each", gear: digestOf(1), awaits: ["split"] }] })
  const { outcome, view } = await runFake(plan, jobs, {
    expandOpen: async (_step, _plan, done) => {
      assert.equal(done.outputsOf("split").length, 1)
      return { jobs: [plannedJob("each[0]", ["split"])], open: [] }
    },
  })
  assert.equal(outcome.state, "complete")
  assert.deepEqual(states(view), { split: "complete", "each[0]": "complete" })
})

const cleaning = (plan: WorkflowPlan, cleanup: WorkflowPlan["options"]["cleanup"]): WorkflowPlan => ({
  ...plan,
  options: { reuse: "any", cleanup },
  cleanup: [
    { job: "split", after: ["left", "right"] },
    { job: "left", after: ["join"] },
    { job: "right", after: ["join"] },
  ],
})

test("bytes go as soon as their last reader is done, and what was freed still counts when the run is done again", async () => {
  const jobs = new FakeJobs()
  const { events, view } = await runFake(cleaning(DIAMOND, "inplace"), jobs)
  assert.deepEqual(jobs.missed, [])
  assert.equal(jobs.stored.size, 1)
  const freed = events.flatMap((event) => (event.event === "freed" ? [event.key] : []))
  assert.deepEqual(freed.toSorted(), ["left", "right", "split"])
  assert.equal(view.freed.get("split")?.digests.length, 1)
  jobs.started.length = 0
  const again = await runFake(cleaning(DIAMOND, "inplace"), jobs)
  assert.equal(again.outcome.state, "complete")
  assert.deepEqual(jobs.started, [])
})

test("freed bytes that a job needs are made again, down to the first, and by nobody else", async () => {
  const jobs = new FakeJobs()
  await runFake(cleaning(DIAMOND, "inplace"), jobs)
  jobs.started.length = 0
  const changed = DIAMOND.jobs.map((job) => (job.key === "join" ? { ...job, config: { key: "join", more: 1 } } : job))
  const { outcome } = await runFake(cleaning({ ...DIAMOND, jobs: changed }, "inplace"), jobs)
  assert.equal(outcome.state, "complete")
  assert.deepEqual(jobs.started.toSorted(), ["join", "left", "right", "split"])
  assert.deepEqual(jobs.missed, [])
})

test("outputs of the workflow whose bytes are gone are made again where they are to be delivered", async () => {
  const jobs = new FakeJobs()
  const { outcome } = await runFake(DIAMOND, jobs)
  const result = outcome.outputs?.["result"]?.[0]?.digest ?? digestOf(0)
  jobs.stored.delete(result)
  jobs.freed.add(result)
  jobs.started.length = 0
  await runFake(DIAMOND, jobs)
  assert.deepEqual(jobs.started, [])
  const delivered = await runFake(DIAMOND, jobs, { needsOutputs: true })
  assert.equal(delivered.outcome.state, "complete")
  assert.deepEqual(jobs.started, ["join"])
  assert.ok(jobs.stored.has(result))
})

test("leaf waits for the end, a bound frees no more than it takes, and keep keeps", async () => {
  const leaf = await runFake(cleaning(DIAMOND, "leaf"), new FakeJobs())
  const kinds = leaf.events.map(({ event }) => event)
  assert.ok(kinds.indexOf("freed") > kinds.lastIndexOf("job"))
  const bound = await runFake(cleaning(DIAMOND, { keepBytes: 1_000_000 }), new FakeJobs())
  assert.equal(bound.view.freed.size, 0)
  const jobs = new FakeJobs()
  const kept = DIAMOND.jobs.map((job) => (job.key === "left" ? { ...job, policy: { keep: true } } : job))
  const one = await runFake(cleaning({ ...DIAMOND, jobs: kept }, "inplace"), jobs)
  assert.deepEqual([...one.view.freed.keys()].toSorted(), ["right", "split"])
})

test("bytes that another job has given as well, and that the workflow gives, stay", async () => {
  const end = ({ config }: { config: object }) => ({
    outputs: { out: "key" in config && config.key === "split" ? "s" : "same" },
  })
  const jobs = new FakeJobs({ end })
  const { outcome } = await runFake(cleaning(DIAMOND, "inplace"), jobs)
  assert.equal(outcome.state, "complete")
  assert.ok(jobs.stored.has(digestOfText("same")))
})

test("a file that is no longer what the plan was made of is found before anything reads it, and one that changes meanwhile after", async () => {
  const plan = samplePlan([
    plannedJob("a", [], {
      inputs: { in: { takes: "file", parts: [{ name: "f", path: "/f", digest: digestOfText("one"), sizeBytes: 3 }] } },
    }),
  ])
  const jobs = new FakeJobs()
  jobs.files.set("/f", "two")
  const { view } = await runFake(plan, jobs)
  assert.match(view.jobs.get("a")?.why ?? "", /its digest is sha256:.*, and the plan was made of/)
  assert.deepEqual(jobs.started, [])
  jobs.files.set("/f", "one")
  jobs.files.set("/mirror", "one")
  const good = await runFake(plan, jobs)
  assert.equal(good.outcome.state, "complete")
})

test("bytes that nobody can make again are told, and who needs them", async () => {
  const known = { name: "f", digest: digestOfText("gone"), sizeBytes: 4 }
  const plan = samplePlan([plannedJob("a", [], { inputs: { in: { takes: "file", parts: [known] } } })])
  const lost = await runFake(plan, new FakeJobs())
  assert.match(
    lost.view.jobs.get("a")?.why ?? "",
    /for "a": the bytes are stored no more, and no job of the plan makes them/,
  )
  const given = samplePlan([], { outputs: { all: { takes: "file", parts: [known] } } })
  await assert.rejects(runFake(given, new FakeJobs(), { needsOutputs: true }), { code: "WORKFLOW_BYTES_GONE" })
})

test("a job that read other bytes than were ordered has failed, though it ended well", async () => {
  const jobs = new FakeJobs()
  const { run } = jobs
  jobs.run = async (order, options) => ({ ...(await run.call(jobs, order, options)), invocationDigest: digestOf(7) })
  const { view, outcome } = await runFake(samplePlan([plannedJob("a")]), jobs)
  assert.equal(outcome.state, "failed")
  assert.match(view.jobs.get("a")?.why ?? "", /changed while the run was on/)
})

test("of several places of a file, the next is taken where the first has other bytes", async () => {
  const digest = digestOfText("one")
  const plan = samplePlan(
    [
      plannedJob("a", [], {
        inputs: { in: { takes: "file", parts: [{ name: "f", path: "/f", digest, sizeBytes: 3 }] } },
      }),
    ],
    { transfers: [{ kind: "stage-in", digest, name: "f", sources: ["/f", "/mirror"], to: "here" }] },
  )
  const paths: (string | undefined)[] = []
  const jobs = new FakeJobs({
    end: ({ files }) => {
      paths.push(files.get("in")?.path)
      return { outputs: { out: "x" } }
    },
  })
  jobs.files.set("/f", "broken")
  jobs.files.set("/mirror", "one")
  assert.equal((await runFake(plan, jobs)).outcome.state, "complete")
  assert.deepEqual(paths, ["/mirror"])
})

test("pausing lets running jobs end and starts nothing; cancelling ends them; both can be taken up", async () => {
  for (const how of ["pause", "cancel"] as const) {
    let act: (() => void) | undefined
    const jobs = new FakeJobs({
      lasts: async (order) => {
        if (order.config["key"] === "left") act?.()
        await new Promise((resolve) => setImmediate(resolve))
      },
    })
    const first = await runFake(DIAMOND, jobs, {
      capacity: { ...ROOMY, jobs: 1 },
      onRun: (run) => {
        act = () => run[how]("somebody asked")
      },
    })
    assert.equal(first.outcome.state, how === "pause" ? "paused" : "cancelled")
    assert.equal(first.view.jobs.get("left")?.state, how === "pause" ? "complete" : "cancelled")
    assert.equal(first.view.jobs.get("right")?.state, "waiting")
    act = undefined
    const second = await runFake(DIAMOND, jobs, { before: first.events })
    assert.equal(second.outcome.state, "complete")
    assert.equal(jobs.started.filter((key) => key === "split").length, 1)
  }
})

test("when nothing happens for long, the run says what it waits for", async () => {
  let alarm: (() => void) | undefined
  const gate = Promise.withResolvers<void>()
  const jobs = new FakeJobs({ lasts: () => gate.promise })
  const running = runFake(samplePlan([plannedJob("slow"), plannedJob("other"), plannedJob("third")]), jobs, {
    capacity: { ...ROOMY, jobs: 1 },
    clock: {
      now: () => "2026-01-01T00:00:00.000Z",
      after: (_, call) => {
        alarm = call
        return () => undefined
      },
    },
  })
  while (jobs.started.length === 0) await new Promise((resolve) => setImmediate(resolve))
  alarm?.()
  alarm?.()
  gate.resolve()
  const { events } = await running
  const waiting = events.find((event) => event.event === "waiting")
  assert.ok(waiting?.event === "waiting")
  assert.match(waiting.for[0] ?? "", /^"slow" has run since 2026-01-01T00:00:00.000Z \(gear logs [0-9a-f]{24}\)$/)
  assert.equal(waiting.for[1], "2 jobs wait for room: 1 of 1 run")
})

test("a plan that cannot be is refused", async () => {
  const twice = samplePlan([plannedJob("a"), plannedJob("a", [], { step: "b" })])
  const isInvalid = { code: "WORKFLOW_PLAN_INVALID" }
  // One of the same key takes the other's place in the fold, so that it is a job before its own reader that tells.
  await runFake(twice, new FakeJobs())
  await assert.rejects(runFake(samplePlan([plannedJob("a", ["nobody"])]), new FakeJobs()), isInvalid)
  await assert.rejects(runFake(samplePlan([plannedJob("a", ["b"]), plannedJob("b", ["a"])]), new FakeJobs()), isInvalid)
})
