import assert from "node:assert/strict"
import { test } from "node:test"
import type { OutputFile } from "@geartrain/spec"
import type { GearStep, KnownFile, Workflow } from "@geartrain/spec/workflow"
import { digestOf, SAMPLE_STORED_GEAR } from "../../../../test/workflows/sample-plan.ts"
import { FactsSoFar } from "../decide/facts-so-far.ts"
import type { DraftJob } from "./draft-job.ts"
import {
  expandStep,
  itemsOf,
  policyOf,
  type StepPlace,
  waitsOfItems,
  waitsOfSources,
  waitsOfStep,
} from "./expand-step.ts"
import { allOf, expandWorkflow, outputsOf } from "./expand-workflow.ts"
import { NO_ITEMS } from "./item.ts"
import { NOTHING, type Scope } from "./scope.ts"

const GEAR = SAMPLE_STORED_GEAR
const known = (name: string, number = 1): KnownFile => ({ name, digest: digestOf(number), sizeBytes: 1 })
const output = (path: string, number = 1): OutputFile => ({ path, digest: digestOf(number), sizeBytes: 1 })

function workflowOf(more: Partial<Workflow> = {}): Workflow {
  return { workflow: 1, name: "w", steps: {}, ...more }
}

function scopeOf(more: Partial<Scope> = {}): Scope {
  return {
    ...{ path: "", key: "", policy: {}, after: NOTHING, toldBy: [], workflow: workflowOf() },
    parameters: { k: 3, skip: false },
    inputs: new Map([["files", [known("a.txt", 1), known("b.txt", 2)]]]),
    results: new Map([["made", { kind: "jobs" as const, keys: ["made"], gear: GEAR }]]),
    ...more,
  }
}

function placeOf(scope: Scope, more: Partial<StepPlace> = {}): StepPlace {
  return { name: "s", scope, files: {}, facts: new FactsSoFar(), ...more }
}

const step = (more: Partial<GearStep> = {}): GearStep => ({ gear: "g", ...more })
const eachFile = { over: { f: { from: "inputs.files" } } }

test("a step without a scatter is one job under its own name", () => {
  const { jobs, result, open } = expandStep(step({ config: { k: { from: "parameters.k" } } }), GEAR, placeOf(scopeOf()))
  assert.deepEqual(
    jobs.map(({ key, step: path, config, each, after }) => ({ key, path, config, each, after })),
    [{ key: "s", path: "s", config: { k: 3 }, each: undefined, after: [] }],
  )
  assert.deepEqual([result, open], [{ kind: "jobs", keys: ["s"], gear: GEAR }, undefined])
})

test("a scattered step is a job for each item, numbered from 0, with its own values and files", () => {
  const scattered = step({
    scatter: eachFile,
    inputs: { in: { from: "each.f" } },
    config: { name: { text: `\${each.f}!` } },
  })
  const { jobs } = expandStep(scattered, GEAR, placeOf(scopeOf({ path: "qc/", key: "qc[1]/" })))
  assert.deepEqual(
    jobs.map(({ key, step: path, config, each, inputs }) => [key, path, config, each, inputs["in"]?.parts]),
    [
      ["qc[1]/s[0]", "qc/s", { name: "a.txt!" }, { f: "a.txt" }, [known("a.txt", 1)]],
      ["qc[1]/s[1]", "qc/s", { name: "b.txt!" }, { f: "b.txt" }, [known("b.txt", 2)]],
    ],
  )
})

test("a config that is the same for all items is one object for all jobs", () => {
  const { jobs } = expandStep(step({ scatter: eachFile, config: { k: 1 } }), GEAR, placeOf(scopeOf()))
  assert.equal(jobs.length, 2)
  assert.equal(jobs[0]?.config, jobs[1]?.config)
})

test("a scatter over nothing gives no job, and is no open step", () => {
  const scope = scopeOf({ inputs: new Map([["files", []]]) })
  const { jobs, open, result } = expandStep(step({ scatter: eachFile }), GEAR, placeOf(scope))
  assert.deepEqual([jobs, open, result], [[], undefined, { kind: "jobs", keys: [], gear: GEAR }])
})

test("a scatter over what a job has yet to give is an open step that waits for the job", () => {
  const scattered = step({ scatter: { over: { f: { from: "steps.made.out" } } } })
  const later = expandStep(scattered, GEAR, placeOf(scopeOf({ toldBy: ["teller", "made"], path: "q/", key: "q[3]/" })))
  assert.deepEqual(later.jobs, [])
  assert.deepEqual(later.open, { step: "q[3]/s", gear: GEAR.id, awaits: ["made", "teller"] })
  assert.equal(later.result.kind, "open")
  const facts = new FactsSoFar()
  facts.note("made", [
    { ...output("x"), output: "out" },
    { ...output("y", 2), output: "out" },
  ])
  assert.equal(expandStep(scattered, GEAR, placeOf(scopeOf(), { facts })).jobs.length, 2)
})

test("a job waits for the jobs that it reads of, for those before it by name, and for those of its scope, each once", () => {
  const scope = scopeOf({
    after: { jobs: ["gate"], open: [] },
    results: new Map([
      ["made", { kind: "jobs" as const, keys: ["made"], gear: GEAR }],
      ["later", { kind: "open" as const, step: "later", gear: GEAR }],
    ]),
  })
  const reading = step({ inputs: { in: { from: "steps.made.out" } }, after: ["made", "later", "nowhere"] })
  const [job] = expandStep(reading, GEAR, placeOf(scope)).jobs
  assert.deepEqual([job?.after, job?.afterOpen], [["gate", "made"], ["later"]])
})

test("a job whose condition does not hold is left out with what it was held against, and waits for nothing", () => {
  const reading = step({ inputs: { in: { from: "steps.made.out" } }, when: { value: "parameters.skip", equals: true } })
  const [job] = expandStep(reading, GEAR, placeOf(scopeOf())).jobs
  assert.deepEqual(job?.skip, { kind: "condition", component: "parameters.skip", now: false })
  assert.deepEqual([job?.inputs, job?.after], [{}, []])
})

test("of a scatter those items are left out whose condition does not hold, and the others keep their numbers", () => {
  const some = step({ scatter: eachFile, when: { value: "each.f", equals: "b.txt" } })
  const items = itemsOf(some, placeOf(scopeOf()))
  assert.notEqual(items, "open")
  assert.deepEqual(items === "open" ? [] : items.map(({ key, skip }) => [key, skip?.kind]), [
    ["s[0]", "condition"],
    ["s[1]", undefined],
  ])
})

test("in a scope that is left out a step is one job that is left out for the same reason; in an open one it is open", () => {
  const skip = { kind: "left-out", jobs: ["made"] } as const
  assert.deepEqual(itemsOf(step({ scatter: eachFile }), placeOf(scopeOf({ skip }))), [
    { key: "s", items: NO_ITEMS, skip },
  ])
  assert.equal(itemsOf(step(), placeOf(scopeOf({ isOpen: true, skip }))), "open")
})

test("what a step says of how it is run goes before what its scope says, and becomes limits", () => {
  const scope = scopeOf({ policy: { resources: { cpus: 1, memory: "1g" }, priority: 5, category: "io" } })
  const own = step({ resources: { cpus: 2 }, priority: 0, network: "outbound", acceptExitCodes: [3] })
  const [job] = expandStep(own, GEAR, placeOf(scope)).jobs
  assert.deepEqual(job?.limits, { cpuCores: 2 })
  assert.deepEqual(job?.policy, { resources: { cpus: 2 }, priority: 0, category: "io" })
  assert.deepEqual([job?.network, job?.acceptExitCodes], ["outbound", [3]])
  assert.equal(policyOf(step()).priority, undefined)
})

test("what has to be known before a step counts files of inputs that are awaited, and steps that are read", () => {
  const scope = scopeOf({
    inputs: new Map([["files", [known("a"), { jobs: ["up"], output: "out" }, { step: "wide" }]]]),
  })
  const reading = step({ inputs: { a: { from: "inputs.files" }, b: { from: "steps.made.out" } } })
  assert.deepEqual(waitsOfSources(reading, scope), { jobs: ["up", "made"], open: ["wide"] })
  assert.equal(waitsOfStep("nowhere", scope), NOTHING)
  assert.equal(waitsOfItems(NO_ITEMS), NOTHING)
})

interface Walked {
  readonly levels: readonly (readonly string[])[]
  readonly notes: readonly string[]
  readonly open: readonly string[]
  readonly scope: Scope
}

/** Walks through a workflow whose jobs are noted level by level, all of them without outputs. */
async function walk(steps: Workflow["steps"], documents: Readonly<Record<string, Workflow>> = {}): Promise<Walked> {
  const scope = scopeOf({ workflow: workflowOf({ steps }), results: new Map() })
  const [levels, notes, open]: [string[][], string[], string[]] = [[], [], []]
  const facts = new FactsSoFar()
  const gears = new Map(["a", "b", "c", "d", "q/x", "q/y"].map((path) => [path, GEAR]))
  await expandWorkflow([scope], {
    workflow: {
      gears,
      documents: new Map(Object.entries(documents).map(([path, workflow]) => [path, { folder: "/", workflow }])),
    },
    ...{ files: {}, facts },
    onJobs: async (jobs: readonly DraftJob[]) => {
      levels.push(jobs.map(({ key }) => key))
      for (const { key } of jobs) facts.note(key, [])
    },
    onOpen: ({ step: path }) => open.push(path),
    onNote: (note) => notes.push(note),
  })
  return { levels, notes, open, scope }
}

test("steps that wait for the same are walked through together, each after all that it waits for", async () => {
  const { levels } = await walk({
    d: step({ after: ["b", "c"] }),
    c: step(),
    b: step({ after: ["a"] }),
    a: step(),
  })
  assert.deepEqual(
    levels.map((level) => level.toSorted()),
    [["a", "c"], ["b"], ["d"]],
  )
})

test("a scatter over nothing is noted, of a gear and of a sub-workflow", async () => {
  const none = { over: { v: [] } }
  const inner = workflowOf({ steps: { x: step() } })
  const { levels, notes } = await walk(
    { a: step({ scatter: none }), q: { workflow: "./q.yaml", scatter: none } },
    { q: inner },
  )
  assert.deepEqual(levels, [])
  assert.deepEqual(notes.toSorted(), [
    'step "a" has nothing to run for: its scatter has no items',
    'step "q" has nothing to run for: its scatter has no items',
  ])
})

test("a sub-workflow has a scope for each item, whose jobs are told together and whose outputs are joined in order", async () => {
  const inner = workflowOf({
    steps: { x: step(), y: step({ inputs: { in: { from: "steps.x.out" } } }) },
    outputs: { all: { from: "steps.y.out" } },
  })
  const { levels, scope } = await walk({ q: { workflow: "./q.yaml", scatter: { over: { v: [1, 2] } } } }, { q: inner })
  assert.deepEqual(levels, [
    ["q[0]/x", "q[1]/x"],
    ["q[0]/y", "q[1]/y"],
  ])
  const result = scope.results.get("q")
  assert.ok(result?.kind === "workflow")
  assert.deepEqual(result.outputs.get("all"), [
    { jobs: ["q[0]/y"], output: "out" },
    { jobs: ["q[1]/y"], output: "out" },
  ])
  assert.deepEqual(result.all.jobs.toSorted(), ["q[0]/x", "q[0]/y", "q[1]/x", "q[1]/y"])
  assert.deepEqual([outputsOf([]), allOf([])], [new Map(), NOTHING])
})

test("what was not checked before is a mistake of the program", async () => {
  await assert.rejects(walk({ nobody: step() }), /no gear for step "nobody"/)
  await assert.rejects(walk({ q: { workflow: "./q.yaml" } }), /no document for step "q"/)
})
