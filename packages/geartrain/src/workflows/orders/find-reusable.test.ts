import assert from "node:assert/strict"
import { test } from "node:test"
import type { InvocationDigest } from "@geartrain/spec"
import { digestOf, idOf } from "../../../test/workflows/sample-plan.ts"
import type { WorkflowJobs } from "../workflow-jobs.ts"
import { findReusable } from "./find-reusable.ts"

const [ONE, OTHER] = [digestOf(1), digestOf(2)] as readonly InvocationDigest[] as [InvocationDigest, InvocationDigest]

test("each set of exit codes is looked up once, whatever their order, and answers for those alone that take it", async () => {
  const asked: (readonly [readonly InvocationDigest[], readonly number[] | undefined])[] = []
  const findSame: WorkflowJobs["findSame"] = async (digests, codes = []) => {
    asked.push([digests, codes])
    const same = { id: idOf(1), outputs: [], wallMs: 1, ended: "" }
    return new Map(codes.includes(3) ? digests.map((digest) => [digest, same] as const) : [])
  }
  const wanted = [
    { digest: ONE, acceptExitCodes: [3, 10] },
    { digest: OTHER, acceptExitCodes: [10, 3] },
    { digest: ONE, acceptExitCodes: undefined },
    { digest: ONE, acceptExitCodes: [10, 3] },
  ]
  const sameAs = await findReusable(wanted, { findSame })
  assert.deepEqual(asked, [
    [
      [ONE, OTHER],
      [3, 10],
    ],
    [[ONE], []],
  ])
  assert.deepEqual(
    wanted.map((one) => sameAs(one)?.id),
    [idOf(1), idOf(1), undefined, idOf(1)],
  )
})

test("where nothing is wanted, nothing is looked up", async () => {
  const findSame = async (): Promise<never> => assert.fail("it was looked up")
  const sameAs = await findReusable([], { findSame })
  assert.equal(sameAs({ digest: ONE, acceptExitCodes: [3] }), undefined)
})
