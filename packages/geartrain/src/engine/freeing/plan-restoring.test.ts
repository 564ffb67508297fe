import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { digest, jobId } from "../../../test/stores/records/sample-records.ts"
import type { KnownJob, Presence } from "./known-job.ts"
import { planRestoring, type WantedOutput } from "./plan-restoring.ts"

function job(
  number: number,
  made: readonly number[],
  read: readonly number[],
  changes: Partial<KnownJob> = {},
): KnownJob {
  return {
    id: jobId(number),
    gear: { id: digest(0xa000 + number), name: `gear-${number}`, version: "1.0.0" },
    ended: "2026-01-01T00:00:00.000Z",
    tookMs: 1000,
    isOwn: true,
    outputs: made.map((output) => ({ path: `out-${output}`, digest: digest(output), sizeBytes: 10 })),
    inputs: read.map((input) => ({ name: `in-${input}`, digest: digest(input), path: `/data/${input}` })),
    history: [],
    ...changes,
  }
}

const wanted = (of: number, output: number): WantedOutput => ({
  job: jobId(of),
  path: `out-${output}`,
  digest: digest(output),
  sizeBytes: 10,
})

/** Inputs from 100 on lie outside of the store, unchanged. */
const PRESENCE: Presence = {
  hasGear: async () => true,
  isUnchanged: async (input) => Number(input.path?.slice("/data/".length)) >= 100,
}

async function plan(
  outputs: readonly WantedOutput[],
  jobs: readonly KnownJob[],
  stored: readonly number[] = [],
): Promise<readonly (readonly [string, readonly string[]])[]> {
  const holdings = { jobs, stored: new Map(stored.map((number) => [digest(number), 10])) }
  const steps = await planRestoring(outputs, holdings, PRESENCE)
  return steps.map((step) => [step.job.id, step.outputs.map(({ path }) => path)] as const)
}

test("what is stored needs no run, and what is not needs that of the job that made it", async () => {
  const jobs = [job(1, [1, 2], [100])]
  assert.deepEqual(await plan([wanted(1, 1)], jobs, [1]), [])
  assert.deepEqual(await plan([wanted(1, 1), wanted(1, 2)], jobs, [1]), [[jobId(1), ["out-2"]]])
})

test("a chain is made from its beginning, as far as it is gone, and each job runs once", async () => {
  const jobs = [job(4, [4], [2, 3]), job(3, [3], [1]), job(2, [2], [1]), job(1, [1, 9], [100])]
  assert.deepEqual(await plan([wanted(4, 4)], jobs), [
    [jobId(1), ["out-1"]],
    [jobId(2), ["out-2"]],
    [jobId(3), ["out-3"]],
    [jobId(4), ["out-4"]],
  ])
  assert.deepEqual(await plan([wanted(4, 4)], jobs, [2, 1]), [
    [jobId(3), ["out-3"]],
    [jobId(4), ["out-4"]],
  ])
})

test("what lies outside of the store unchanged is not made again", async () => {
  const jobs = [job(2, [2], [101]), job(1, [101], [100])]
  assert.deepEqual(await plan([wanted(2, 2)], jobs), [[jobId(2), ["out-2"]]])
})

test("of several jobs that made the bytes, the one runs that was named, if it can", async () => {
  const jobs = [job(1, [1], [100]), job(2, [1], [100])]
  assert.deepEqual(await plan([wanted(2, 1)], jobs), [[jobId(2), ["out-1"]]])
  const first = job(1, [1], [100], { never: "its gear was a folder" })
  assert.deepEqual(await plan([wanted(1, 1)], [first, job(2, [1], [100])]), [[jobId(2), ["out-1"]]])
})

test("a job that failed, or came out otherwise before, may be tried: what it makes is looked at", async () => {
  const differs = { at: "2026-02-01T00:00:00.000Z", provider: "crun", verdict: "different", differences: [] } as const
  const jobs = [job(1, [1], [100], { doubt: "its job ended as failed", history: [differs] })]
  assert.deepEqual(await plan([wanted(1, 1)], jobs), [[jobId(1), ["out-1"]]])
})

test("what cannot be made again is refused, with what is missing on the way", async () => {
  await assert.rejects(plan([wanted(2, 2)], [job(2, [2], [1]), job(1, [1], [7])]), (error) => {
    assert.ok(isGeartrainError(error, "JOB_NOT_REPLAYABLE"))
    assert.match(error.message, /^Cannot make "out-2" of job "0+2" again: input "in-1" of its job is neither stored/)
    return true
  })
  await assert.rejects(
    plan([wanted(1, 1)], [job(1, [1], [2]), job(2, [2], [1])]),
    /made from bytes that are made from it|neither stored/,
  )
})
