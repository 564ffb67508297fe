import assert from "node:assert/strict"
import { test } from "node:test"
import type { JobRecord, JsonValue } from "@geartrain/spec"
import type { Workflow, WorkflowPlan } from "@geartrain/spec/workflow"
import { digest } from "../../../test/stores/records/sample-records.ts"
import { planned, sampleAccount, samplePlan, sampleWorkflow } from "../../../test/workflows/sample-runs.ts"
import { checkCrate } from "../../provenance/ro-crate/check/check-crate.ts"
import type { Crate } from "../../provenance/ro-crate/crate.ts"
import type { CratedJob } from "../../provenance/ro-crate/crated-job.ts"
import { runCrate } from "../../provenance/ro-crate/run/run-crate.ts"
import { describeRun } from "./describe-run.ts"
import type { RunAccount } from "./run-account.ts"

const AUTHOR = { name: "A. Author", orcid: "https://orcid.org/0000-0002-1825-0097" }
const PUBLISHED = { published: "2026-02-03T04:05:06.789Z", author: AUTHOR, license: "CC0-1.0" }

function placed(record: JobRecord): CratedJob {
  return {
    record,
    recordPath: `jobs/${record.id}/job.json`,
    inputPaths: new Map(),
    outputPaths: new Map(record.outputs.map(({ path }) => [path, `jobs/${record.id}/outputs/${path}`])),
  }
}

function crateOf(account: RunAccount): Crate {
  const { run, records } = describeRun(account)
  return runCrate(run, { jobs: records.map(placed), gears: new Map() }, PUBLISHED)
}

function faultsOf(crate: Crate, level: "must" | "should" = "must"): readonly string[] {
  return checkCrate(crate as unknown as JsonValue)
    .filter((fault) => fault.level === level)
    .map(({ rule, entity }) => `${rule} ${entity}`)
}

function entity(crate: Crate, id: string): { readonly [name: string]: JsonValue } {
  const found = crate["@graph"].find((one) => one["@id"] === id)
  assert.ok(found !== undefined, id)
  return found
}

test("the crate of a run keeps every rule of the three run profiles", () => {
  const crate = crateOf(sampleAccount())
  assert.deepEqual(faultsOf(crate), [])
  const conforms = entity(crate, "./")["conformsTo"] as readonly { readonly "@id": string }[]
  assert.deepEqual(
    conforms.map((one) => one["@id"].split("/").slice(-2).join("/")),
    ["process/0.5", "workflow/0.5", "provenance/0.5", "workflow-ro-crate/1.0"],
  )
})

test("the workflow has its gears as parts, its steps in order, its parameters, and its picture", () => {
  const crate = crateOf(sampleAccount())
  const workflow = entity(crate, "workflow.json")
  assert.deepEqual(workflow["step"], [{ "@id": "#step-split" }, { "@id": "#step-align" }, { "@id": "#step-merge" }])
  assert.equal((workflow["hasPart"] as readonly object[]).length, 3)
  assert.equal(entity(crate, "#step-merge")["position"], "2")
  assert.equal(entity(crate, "#input-reads")["additionalType"], "File")
  assert.equal(entity(crate, "#parameter-threads")["defaultValue"], "2")
  assert.deepEqual(workflow["image"], { "@id": "workflow.svg" })
  assert.deepEqual(entity(crate, `#value-0123456789abcdef01234567-threads`)["exampleOfWork"], {
    "@id": "#parameter-threads",
  })
})

test("each job is the execution of its step with all of its tries, and what was lost is none", () => {
  const crate = crateOf(sampleAccount())
  const controls = crate["@graph"].filter((one) => one["@type"] === "ControlAction")
  assert.deepEqual(
    controls.map(({ name }) => name),
    ["split, with the result of an earlier job", "align[0]", "align[1]", "align[2]"],
  )
  assert.deepEqual(controls[2]?.["object"], [
    { "@id": "#job-00000000000000000000000b" },
    { "@id": "#job-000000000000000000000005" },
  ])
  assert.deepEqual(controls[3]?.["actionStatus"], { "@id": "http://schema.org/FailedActionStatus" })
  const whole = entity(crate, "#run-0123456789abcdef01234567")
  assert.equal(whole["error"], "1 job failed, 1 was lost to it")
  const organize = entity(crate, "#organize-0123456789abcdef01234567")
  assert.equal((organize["object"] as readonly object[]).length, 4)
})

test("what a job used is told with its unit", () => {
  const crate = crateOf(sampleAccount())
  const usage = entity(crate, "#usage-00000000000000000000000a-peakMemoryBytes")
  assert.deepEqual(
    [usage["value"], usage["unitCode"], usage["propertyID"]],
    [
      "524288",
      "https://qudt.org/vocab/unit/BYTE",
      "urn:geartrain:job-record:1#/properties/usage/properties/peakMemoryBytes",
    ],
  )
  // An image has its digest.
  const images = crate["@graph"].filter((one) => one["@type"] === "ContainerImage")
  assert.ok(images.length > 0)
  for (const image of images) assert.match(String(image["sha256"]), /^[0-9a-f]{64}$/)
})

test("a file that is an output of the workflow is the file of the job that made it", () => {
  const outputs = { bams: { takes: "files" as const, parts: [{ jobs: ["align[0]"], output: "bam" }] } }
  const document = sampleWorkflow({ outputs: { bams: { from: "steps.align.bam" } } })
  const plan = { ...samplePlan(3, { documents: { "": document } }), outputs }
  const crate = crateOf(sampleAccount(3, plan))
  assert.deepEqual(faultsOf(crate), [])
  const place = "jobs/00000000000000000000000a/outputs/out.bam"
  assert.deepEqual(entity(crate, "#run-0123456789abcdef01234567")["result"], [{ "@id": place }])
  assert.deepEqual(entity(crate, place)["exampleOfWork"], [{ "@id": "#output-bams" }])
})

test("a workflow in a workflow is a tool with a file, steps and runs of its own", () => {
  const inner: Workflow = { workflow: 1, name: "inner", steps: { align: { gear: "align@1.0.0" } } }
  const outer: Workflow = { workflow: 1, name: "outer", steps: { qc: { workflow: "inner.yaml" } } }
  const account = sampleAccount()
  const gears = { "qc/align": { id: digest(0xa002), name: "align", version: "1.0.0" } }
  const plan: WorkflowPlan = { ...samplePlan(), documents: { "": outer, qc: inner }, gears, outputs: {} }
  const jobs = account.jobs
    .slice(1, 3)
    .map((job, index) => ({ ...job, planned: planned(`qc[${index}]/align`, { step: "qc/align" }) }))
  const crate = crateOf({ ...account, plan, jobs })
  assert.deepEqual(faultsOf(crate), [])
  assert.deepEqual(entity(crate, "#step-qc")["workExample"], { "@id": "workflows/1-qc.json" })
  assert.deepEqual(entity(crate, "workflow.json")["hasPart"], [{ "@id": "workflows/1-qc.json" }])
  assert.deepEqual(entity(crate, "#control-0123456789abcdef01234567-qc%5B1%5D")["object"], {
    "@id": "#run-0123456789abcdef01234567-qc%5B1%5D",
  })
})

test("names that no identifier may have break no rule", () => {
  const odd = `a b"<>\\^{}|\`#?/../\u0000é`
  const document = sampleWorkflow({
    name: odd,
    inputs: { [odd]: {} },
    parameters: { [odd]: { type: "list", default: [odd] } },
    steps: { [odd]: { gear: odd } },
    outputs: { [odd]: { from: `steps.${odd}` } },
  })
  const file = { name: odd, digest: digest(7), sizeBytes: 1 }
  const gears = { [odd]: { id: digest(0xa001), name: odd, version: odd } }
  const plan = samplePlan(1, {
    documents: { "": document },
    gears,
    parameters: { [odd]: [odd] },
    inputs: { [odd]: [file] },
  })
  const account = sampleAccount(1)
  const [first] = account.jobs
  const jobs = [{ ...first!, planned: planned(odd, { step: odd }) }]
  assert.deepEqual(
    faultsOf(crateOf({ ...account, plan: { ...plan, outputs: { [odd]: { takes: "file", parts: [file] } } }, jobs })),
    [],
  )
})

test("what the crate holds beside the jobs is written in places of its own", () => {
  const { documents, records } = describeRun(sampleAccount())
  assert.deepEqual([...documents.keys()], ["workflow.json", "run/plan.json", "run/trace.tsv", "workflow.svg"])
  assert.equal(records.length, 5)
  assert.equal(JSON.parse(documents.get("workflow.json")!).name, "lambda")
  const crate = crateOf(sampleAccount())
  for (const path of documents.keys()) entity(crate, path)
})
