import assert from "node:assert/strict"
import { test } from "node:test"
import type { JsonValue } from "@geartrain/spec"
import { digest, job, jobId } from "../../../../test/stores/records/sample-records.ts"
import { checkCrate } from "../check/check-crate.ts"
import type { CratedRun } from "./crated-run.ts"
import { runActions } from "./run-actions.ts"
import { runCrate } from "./run-crate.ts"
import { usageEntities } from "./usage-entities.ts"
import { documentId, parameterId, stepId, workflowEntities } from "./workflow-entities.ts"

const RUN: CratedRun = {
  id: "0123456789abcdef01234567",
  state: "complete",
  started: "2026-01-01T00:00:00.000Z",
  ended: "2026-01-01T00:00:09.000Z",
  engine: "0.1.0",
  documents: { "": { workflow: 1, name: "w", steps: { b: { gear: "g", after: ["a"] }, a: { gear: "g" } } } },
  documentPaths: new Map([["", "workflow.json"]]),
  gears: { a: { id: digest(1), name: "g", version: "1" }, b: { id: digest(1), name: "g", version: "1" } },
  parameters: {},
  inputs: {},
  outputs: new Map(),
  jobs: [
    { key: "a", step: "a", state: "complete", tries: [jobId(1)] },
    { key: "b", step: "b", state: "skipped", tries: [] },
  ],
  witnesses: [],
}

test("a gear that two steps use is one part, and positions follow what waits for what", () => {
  const entities = new Map(workflowEntities(RUN).map((entity) => [entity["@id"], entity]))
  assert.deepEqual(entities.get("workflow.json")?.["hasPart"], [
    { "@id": `#gear-${digest(1).slice("sha256:".length)}` },
  ])
  assert.deepEqual([entities.get(stepId("a"))?.["position"], entities.get(stepId("b"))?.["position"]], ["0", "1"])
})

test("a step that was skipped has no action", () => {
  const actions = runActions(RUN, { inputs: [], outputs: [] }, undefined)
  const controls = actions.filter((entity) => entity["@type"] === "ControlAction")
  assert.deepEqual(
    controls.map(({ name }) => name),
    ["a"],
  )
})

test("a run that failed before any job has a crate that keeps all rules", () => {
  const run: CratedRun = { ...RUN, state: "failed", why: "no gear", jobs: [] }
  const crate = runCrate(run, { jobs: [], gears: new Map() }, { published: "2026-01-02" })
  assert.deepEqual(
    checkCrate(crate as unknown as JsonValue).filter(({ level }) => level === "must"),
    [],
  )
  assert.ok(!crate["@graph"].some((entity) => entity["@type"] === "OrganizeAction"))
})

test("identifiers tell inputs, parameters and outputs of one name apart, and those of workflows within", () => {
  const ids = (["input", "parameter", "output"] as const).flatMap((kind) => [
    parameterId("", kind, "x"),
    parameterId("qc", kind, "x"),
  ])
  assert.equal(new Set(ids).size, 6)
  assert.equal(documentId(RUN, ""), "workflow.json")
})

test("what was not measured is not told", () => {
  assert.deepEqual(usageEntities(job(1)), [])
  const usage = { wallMs: 1.6, method: "none" } as const
  assert.deepEqual(
    usageEntities(job(1, { usage })).map(({ name, value }) => [name, value]),
    [["wallMs", "2"]],
  )
})
