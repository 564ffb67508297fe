import assert from "node:assert/strict"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import type { WorkflowPlan } from "@geartrain/spec/workflow"
import { planOf, sampleGear, sampleWorkflow, Workshop } from "../../../../test/workflows/workshop.ts"
import { openPlan } from "./open-plan.ts"
import { checkPlan, readPlan } from "./read-plan.ts"
import { writePlan } from "./write-plan.ts"

const WORKFLOW = sampleWorkflow({
  inputs: { texts: { takes: "files" } },
  steps: {
    count: {
      gear: "count",
      scatter: { over: { text: { from: "inputs.texts" } } },
      inputs: { text: { from: "each.text" } },
    },
    merge: { gear: "merge", inputs: { counts: { from: "steps.count.count" } } },
    split: { gear: "split", inputs: { text: { from: "steps.merge.all" } } },
    each: {
      gear: "count",
      scatter: { over: { part: { from: "steps.split.parts" } } },
      inputs: { text: { from: "each.part" } },
    },
  },
  outputs: { all: { from: "steps.merge.all" }, each: { from: "steps.each.count" } },
})

async function planned(): Promise<WorkflowPlan> {
  const options = { reuse: "any", cleanup: "inplace" } as const
  return (await planOf(WORKFLOW, new Workshop(), { inputs: { texts: ["a", "b c"] }, options })).plan
}

async function folder(context: TestContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "gear-plan-"))
  context.after(() => rm(made, { recursive: true, force: true }))
  return made
}

test("a plan is read as it was written, with a line for each of its jobs", async (context) => {
  const file = join(await folder(context), "plan.json")
  const plan = await planned()
  await writePlan(file, plan)
  assert.deepEqual(await readPlan(file), plan)
  const lines = (await readFile(file, "utf8")).split("\n")
  assert.equal(lines.filter((line) => line.startsWith('{"key":')).length, plan.jobs.length)
})

test("what is no plan, or one of another version, is told as such", async (context) => {
  const file = join(await folder(context), "plan.json")
  await assert.rejects(readPlan(file), /Cannot read plan ".*": there is no such file/)
  await writeFile(file, '{"format": ')
  await assert.rejects(readPlan(file), /it is no JSON/)
  await writeFile(file, '{"steps": {}}')
  await assert.rejects(readPlan(file), /it is no plan of a workflow/)
  await writeFile(file, '{"format": "geartrain-plan/0"}')
  await assert.rejects(readPlan(file), (error) => {
    assert.ok(isGeartrainError(error, "WORKFLOW_PLAN_INVALID"))
    assert.match(error.message, /its format is "geartrain-plan\/0", and this program knows geartrain-plan\/1/)
    return true
  })
})

test("nothing of a plan is believed: twice, missing, in a circle, of the wrong kind", async () => {
  const plan = await planned()
  const [first, second, merge] = plan.jobs
  assert.ok(first !== undefined && second !== undefined && merge !== undefined)
  const rest = plan.jobs.slice(3)
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ jobs: [first, first, ...plan.jobs.slice(1)] }, /job "count\[0\]" is in it twice/],
    [{ jobs: [merge, first, second, ...rest] }, /job "merge" comes before "count\[0\]", for which it waits/],
    [{ jobs: [{ ...first, after: ["count[0]"] }, second, merge, ...rest] }, /comes before "count\[0\]"/],
    [{ jobs: [first, second, { ...merge, after: [] }, ...rest].map(readsOf("nobody")) }, /reads of "nobody"/],
    [{ jobs: [{ ...first, action: "rm -rf" }] }, /has no action that is known/],
    [{ jobs: [{ ...first, action: "reuse" }] }, /does not say what it reuses/],
    [{ jobs: [{ ...first, gear: "sha256:short" }] }, /has no gear/],
    [{ jobs: [{ ...first, inputs: { text: { takes: "all" } } }] }, /inputs that cannot be read/],
    [{ jobs: [{ ...first, afterOpen: ["nothing"] }] }, /waits for open step "nothing"/],
    [{ jobs: [null] }, /job 1 in it has no key/],
    [{ jobs: {} }, /its "jobs" is not what a plan has there/],
    [{ open: [...plan.open, ...plan.open] }, /open step "each" is in it twice/],
    [{ open: plan.open.map((step) => ({ ...step, awaits: ["nobody"] })) }, /open step "each" waits for "nobody"/],
    [{ cleanup: [{ job: "nobody", after: [] }] }, /its clean-up speaks of "nobody"/],
    [
      { outputs: { all: { takes: "files", parts: [{ jobs: ["nobody"] }] } } },
      /an output of the workflow reads of "nobody"/,
    ],
    [{ inputs: { texts: [{ name: "a", digest: first.gear, sizeBytes: -0.5 }] } }, /its "inputs" is not/],
    [{ documents: { "": null } }, /its "documents" is not/],
    [{ documents: { "": { steps: { a: null } } } }, /its "documents" is not/],
    [{ documents: { "": { steps: {}, limits: { jobs: "2" } } } }, /its "documents" is not/],
    [{ documents: { "": { steps: {}, limits: { categories: { io: 0 } } } } }, /its "documents" is not/],
    [{ options: { reuse: "any", cleanup: "everything" } }, /its "options" is not/],
    [{ options: { reuse: "any", cleanup: { keepBytes: -1 } } }, /its "options" is not/],
    [{ options: { reuse: {}, cleanup: "none" } }, /its "options" is not/],
    ...[
      { limits: { memoryBytes: "all" } },
      { limits: { cpuCores: -1 } },
      { acceptExitCodes: 3 },
      { acceptExitCodes: ["3"] },
      { policy: { retry: { attempts: "many" } } },
      { policy: { retry: { attempts: 2, grow: { memory: 0 } } } },
      { policy: { priority: "high" } },
      { policy: { category: {} } },
      { policy: { reuse: "always" } },
      { network: "all" },
      { reuses: "../../etc" },
      { invocation: 5 },
    ].map((how): [object, RegExp] => [{ jobs: [{ ...first, ...how }] }, /job "count\[0\]" does not say how it is run/]),
  ]
  assert.deepEqual(checkPlan(plan, "p"), plan)
  for (const [changes, told] of cases) assert.throws(() => checkPlan({ ...plan, ...changes }, "p"), told)
})

function readsOf(key: string): (job: WorkflowPlan["jobs"][number]) => object {
  return (job) =>
    job.key === "merge" ? { ...job, inputs: { counts: { takes: "files", parts: [{ jobs: [key] }] } } } : job
}

test("a plan of files that are others by now is refused with all of them; a name that moved is told", async (context) => {
  const file = join(await folder(context), "plan.json")
  const plan = await planned()
  await writePlan(file, plan)
  const known = new Map(plan.inputs["texts"]?.map((each) => [each.path ?? "", each]))
  const asPlanned = {
    readFile: async (path: string) => known.get(path)!,
    resolveGear: new Workshop().jobs.resolveGear,
  }
  assert.deepEqual(await openPlan(file, asPlanned), { plan, notes: [] })
  const changed = {
    ...asPlanned,
    readFile: async (path: string) => ({ ...known.get(path)!, digest: sampleGear("count").id, sizeBytes: 9 }),
  }
  await assert.rejects(openPlan(file, changed), (error) => {
    assert.ok(isGeartrainError(error, "WORKFLOW_INPUT_CHANGED"))
    assert.match(error.message, /"\/data\/in0.txt" is another file: 1 bytes before, 9 now\n.*in1.txt/)
    return true
  })
  const moved = {
    ...asPlanned,
    resolveGear: (reference: string) => asPlanned.resolveGear(reference === "count" ? "merge" : reference),
  }
  assert.match(
    (await openPlan(file, moved)).notes.join(),
    /gear "count" means merge@1.0.0 by now: the plan runs count@1.0.0/,
  )
})
