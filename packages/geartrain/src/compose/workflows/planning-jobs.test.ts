import assert from "node:assert/strict"
import { test } from "node:test"
import type { JobHistory } from "@geartrain/ports"
import type { Digest, InvocationDigest, JobRecord } from "@geartrain/spec"
import { digestOf, idOf } from "../../../test/workflows/sample-plan.ts"
import type { Engine } from "../open-engine.ts"
import { planningJobs } from "./planning-jobs.ts"

const [WELL, ENDED, KILLED] = [1, 2, 3].map(digestOf) as readonly InvocationDigest[] as [
  InvocationDigest,
  InvocationDigest,
  InvocationDigest,
]

const record = (number: number, more: object): JobRecord =>
  ({ id: idOf(number), outputs: [], created: "2026-01-01T00:00:00.000Z", ...more }) as unknown as JobRecord
const failed = (number: number, exit: JobRecord["exit"]): JobRecord =>
  record(number, { state: "failed", failure: { reason: "NONZERO_EXIT" }, exit })

const history: Pick<JobHistory, "standing" | "failed"> = {
  standing: async (digests) =>
    new Map(digests.includes(WELL) ? [[WELL, record(1, { state: "complete", exit: { code: 0 } })]] : []),
  failed: async (digests) =>
    new Map(
      [
        [WELL, failed(9, { code: 137 })] as const,
        [ENDED, failed(2, { code: 137 })] as const,
        [KILLED, failed(3, { code: 137, outOfMemory: true })] as const,
      ].filter(([digest]) => digests.includes(digest)),
    ),
}

test("a job that failed stands for its invocation where its exit code is taken, none ended well, and it was not killed", async () => {
  const jobs = planningJobs({ stores: { history } } as unknown as Engine, { cache: "/cache" })
  const idsOf = async (codes?: readonly number[]): Promise<readonly string[]> =>
    [...(await jobs.findSame([WELL, ENDED, KILLED], codes)).values()].map(({ id }) => id)
  assert.deepEqual(await idsOf([137]), [idOf(1), idOf(2)])
  assert.deepEqual(await idsOf([]), [idOf(1)])
  assert.deepEqual(await idsOf(), [idOf(1)])
})

test("what is stored, freed and missing is told apart, and the list of what was freed is read only where something is gone", async () => {
  const [stored, freed, missing] = [4, 5, 6].map(digestOf) as [Digest, Digest, Digest]
  let lists = 0
  const engine = {
    blobs: { stat: async (digest: Digest) => (digest === stored ? { digest, sizeBytes: 1 } : undefined) },
    jobs: {
      listFreed: async () => {
        lists += 1
        return [{ digest: freed }]
      },
    },
  }
  const { presence } = planningJobs(engine as unknown as Engine, { cache: "/cache" })
  assert.deepEqual([...(await presence([stored, stored]))], [[stored, "stored"]])
  assert.equal(lists, 0)
  const all = await presence([freed, stored, missing])
  assert.deepEqual(
    [freed, stored, missing].map((digest) => all.get(digest)),
    ["freed", "stored", "missing"],
  )
  assert.equal(lists, 1)
})
