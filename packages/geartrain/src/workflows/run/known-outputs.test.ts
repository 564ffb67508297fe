import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError, type JobRecord } from "@geartrain/spec"
import { digestOf, idOf, plannedJob, samplePlan } from "../../../test/workflows/sample-plan.ts"
import { foldRun } from "./fold-run.ts"
import { RunGraph } from "./graph.ts"
import { KnownOutputs } from "./known-outputs.ts"

const WATCHER = { onReady: () => undefined, onDone: () => undefined, onLost: () => undefined }

/** The outputs of one reused job, whose record says that it did this. */
function outputsOf(did: number | undefined): { readonly known: KnownOutputs; readonly graph: RunGraph } {
  const reused = { action: "reuse", reuses: idOf(7), invocation: digestOf(1) } as const
  const plan = samplePlan([plannedJob("a", [], reused)])
  const graph = new RunGraph(plan, foldRun(plan, []), WATCHER)
  const node = graph.jobs.get("a")
  assert.ok(node)
  node.job = idOf(7)
  const outputs = [{ path: "out", digest: digestOf(9), sizeBytes: 3 }]
  const record = { id: idOf(7), invocationDigest: digestOf(did ?? 0), outputs } as unknown as JobRecord
  return { known: new KnownOutputs(graph, { get: async () => (did === undefined ? undefined : record) }), graph }
}

test("what a reused job gave is read from its record", async () => {
  const { known } = outputsOf(1)
  assert.deepEqual(await known.load(["a"]), [])
  assert.deepEqual(known.outputsOf("a"), [{ path: "out", digest: digestOf(9), sizeBytes: 3 }])
})

test("a job whose record is gone has to be carried out again", async () => {
  const { known, graph } = outputsOf(undefined)
  assert.deepEqual(await known.load(["a"]), [graph.jobs.get("a")])
})

test("a plan that takes a job of another invocation for this one is refused", async () => {
  const { known } = outputsOf(2)
  await assert.rejects(
    known.load(["a"]),
    (error) => isGeartrainError(error, "WORKFLOW_PLAN_INVALID") && /takes job .* for "a"/.test(error.message),
  )
  assert.throws(() => known.outputsOf("a"), /read before it is done/)
})
