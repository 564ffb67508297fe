import assert from "node:assert/strict"
import { test } from "node:test"
import type { InvocationDigest } from "@geartrain/spec"
import { digestOf, idOf, SAMPLE_STORED_GEAR } from "../../../../test/workflows/sample-plan.ts"
import type { OrderedInvocation, WorkflowJobs } from "../../workflow-jobs.ts"
import type { DraftJob } from "../expand/draft-job.ts"
import { decideJobs } from "./decide-jobs.ts"
import { FactsSoFar } from "./facts-so-far.ts"

test("a step that takes the exit code of what was done reuses it, and one of the same invocation that does not runs", async () => {
  const draft = (key: string, acceptExitCodes?: readonly number[]): DraftJob => ({
    ...{ key, step: key, gear: SAMPLE_STORED_GEAR, config: {}, inputs: {}, after: [], afterOpen: [], policy: {} },
    ...(acceptExitCodes === undefined ? {} : { acceptExitCodes }),
  })
  const order = { digest: digestOf(1) as InvocationDigest, invocation: {} } as OrderedInvocation
  const failed = { id: idOf(7), outputs: [], wallMs: 1, ended: "" }
  const findSame: WorkflowJobs["findSame"] = async (digests, codes = []) =>
    new Map(codes.includes(3) ? digests.map((digest) => [digest, failed] as const) : [])
  const decided = await decideJobs([draft("a", [3]), draft("b"), draft("c", [4])], {
    jobs: { invocationOf: () => order, findSame },
    facts: new FactsSoFar(),
    reuse: "any",
    reasons: async (jobs) => jobs.map(() => ({ kind: "new" })),
  })
  assert.deepEqual(
    decided.map(({ job: { key, action, reuses } }) => [key, action, reuses]),
    [
      ["a", "reuse", idOf(7)],
      ["b", "run", undefined],
      ["c", "run", undefined],
    ],
  )
})
