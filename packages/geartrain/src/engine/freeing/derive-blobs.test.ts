import assert from "node:assert/strict"
import { test } from "node:test"
import type { FreedBlob } from "@geartrain/ports"
import type { JobRecord, Verification } from "@geartrain/spec"
import { digest, jobId, job as recordOf } from "../../../test/stores/records/sample-records.ts"
import { type Derived, deriveBlobs, type Trust } from "./derive-blobs.ts"
import { freedThrough } from "./freed-through.ts"
import type { KnownJob } from "./known-job.ts"

const VERIFIED: Verification = {
  ...{ at: "2026-02-01T00:00:00.000Z", job: jobId(99), provider: "crun", verdict: "identical", differences: [] },
}

/** A job that makes outputs from inputs, by the numbers of their digests, and was verified once. */
function job(number: number, made: readonly number[], read: readonly number[], more: Partial<KnownJob> = {}): KnownJob {
  return {
    ...{ id: jobId(number), ended: "2026-01-01T00:00:00.000Z", tookMs: 1, isOwn: true, history: [VERIFIED] },
    gear: { id: digest(0xa000 + number), name: `gear-${number}`, version: "1.0.0" },
    outputs: made.map((output) => ({ path: `out-${output}`, digest: digest(output), sizeBytes: 1 })),
    inputs: read.map((input) => ({ name: `in-${input}`, digest: digest(input) })),
    ...more,
  }
}

interface Sample {
  readonly jobs: readonly KnownJob[]
  readonly stored?: readonly number[]
  readonly freed?: readonly number[]
  readonly trust?: Trust
  readonly gone?: readonly string[]
  readonly unchanged?: readonly number[]
}

async function derive(wanted: readonly number[], sample: Sample): Promise<Derived> {
  const { jobs, stored = wanted, freed = [], trust = "proven", gone = [], unchanged = [] } = sample
  const makers = new Map<ReturnType<typeof digest>, KnownJob[]>()
  for (const one of jobs)
    for (const output of one.outputs) makers.set(output.digest, [...(makers.get(output.digest) ?? []), one])
  return await deriveBlobs(wanted.map(digest), {
    ...{ makers, stored: new Set(stored.map(digest)), freed: new Set(freed.map(digest)), trust },
    presence: {
      hasGear: async (id) => !gone.includes(id),
      isUnchanged: async (input) => unchanged.some((number) => digest(number) === input.digest),
    },
  })
}

const numbers = (digests: Iterable<string>): readonly number[] =>
  [...digests].map((one) => Number.parseInt(one.slice(-8), 16)).toSorted((a, b) => a - b)

test("what a job makes of stored bytes can go, and needs the job, its gear and these bytes", async () => {
  const { possible, impossible } = await derive([2], { jobs: [job(1, [2], [1])], stored: [1, 2] })
  assert.deepEqual(possible.get(digest(2)), {
    ...{ job: job(1, [2], [1]), path: "out-2" },
    needs: { jobs: [jobId(1)], gears: [digest(0xa001)], blobs: [digest(1)] },
  })
  assert.equal(impossible.size, 0)
})

test("a chain can go as a whole where its beginning lies outside of the store, whatever the order in which it is asked for", async () => {
  const jobs = [job(1, [2], [1]), job(2, [3], [2]), job(3, [4], [3])]
  for (const wanted of [
    [2, 3, 4],
    [4, 3, 2],
  ]) {
    const { possible, impossible } = await derive(wanted, { jobs, unchanged: [1] })
    assert.deepEqual([numbers(possible.keys()), impossible.size], [[2, 3, 4], 0])
    assert.deepEqual(possible.get(digest(4))?.needs.jobs.toSorted(), [jobId(1), jobId(2), jobId(3)])
    assert.deepEqual(possible.get(digest(4))?.needs.blobs, [])
  }
})

test("where the first of a chain has to stay, the others are made from it", async () => {
  const { possible, impossible } = await derive([2, 3], { jobs: [job(1, [2], [1]), job(2, [3], [2])] })
  assert.deepEqual([...impossible], [[digest(2), 'input "in-1" of its job is neither stored nor unchanged']])
  assert.deepEqual(possible.get(digest(3))?.needs.blobs, [digest(2)])
})

test("of bytes that are made from each other one stays", async () => {
  const { possible, impossible } = await derive([2, 3], { jobs: [job(1, [2], [3]), job(2, [3], [2])] })
  assert.deepEqual([...impossible.values()], ["it is made from bytes that are made from it"])
  assert.deepEqual([possible.size, impossible.size], [1, 1])
  const alone = await derive([2], { jobs: [job(1, [2], [2])] })
  assert.deepEqual([...alone.impossible.values()], ["it is made from bytes that are made from it"])
})

test("bytes that were freed before are no place to stand on, unless they can be made again", async () => {
  const jobs = [job(1, [2], [1]), job(2, [3], [2])]
  const lost = await derive([3], { jobs, stored: [3], freed: [2] })
  assert.deepEqual(numbers(lost.impossible.keys()), [2, 3])
  const found = await derive([3], { jobs, stored: [1, 3], freed: [2] })
  assert.deepEqual(found.possible.get(digest(3))?.needs, {
    ...{ jobs: [jobId(2), jobId(1)], gears: [digest(0xa002), digest(0xa001)], blobs: [digest(1)] },
  })
})

test("of several makers the first that can make it does, and without any the nearest reason is told", async () => {
  const stale = job(1, [2], [], { gear: { id: digest(0xdead), name: "old", version: "0.1" } })
  const jobs = [stale, job(3, [2], [])]
  const { possible } = await derive([2], { jobs, gone: [digest(0xdead)] })
  assert.equal(possible.get(digest(2))?.job.id, jobId(3))
  const { impossible } = await derive([2], { jobs: [stale], gone: [digest(0xdead)] })
  assert.equal(impossible.get(digest(2)), 'gear "old@0.1" is no longer stored')
  assert.equal((await derive([2], { jobs: [] })).impossible.get(digest(2)), "no job that is recorded made it")
})

test("a job that cannot be carried out again makes nothing, whatever is trusted", async () => {
  const never = job(1, [2], [], { never: "its gear was a folder" })
  for (const trust of ["proven", "unverified", "any"] as const)
    assert.equal((await derive([2], { jobs: [never], trust })).impossible.get(digest(2)), "its gear was a folder")
})

test("how far a job is trusted is what the caller says: seen to repeat, never seen not to, or any", async () => {
  const differing = { ...VERIFIED, verdict: "different" as const, differences: [{ path: "out-2", here: digest(2) }] }
  const cases: readonly (readonly [Partial<KnownJob>, readonly boolean[]])[] = [
    [{}, [true, true, true]],
    [{ history: [] }, [false, true, true]],
    [{ history: [differing as Verification] }, [false, false, true]],
    [{ isOwn: false }, [false, false, true]],
    [{ doubt: "its job ended as failed" }, [false, false, true]],
  ]
  for (const [more, can] of cases) {
    for (const [index, trust] of (["proven", "unverified", "any"] as const).entries()) {
      const { possible } = await derive([2], { jobs: [job(1, [2], [], more)], trust })
      assert.equal(possible.has(digest(2)), can[index], `${JSON.stringify(more)} ${trust}`)
    }
  }
})

test("of an input that changed the place where it lay is told", async () => {
  const moved = job(1, [2], [], { inputs: [{ name: "scan", digest: digest(1), path: "/data/a b" }] })
  const { impossible } = await derive([2], { jobs: [moved] })
  assert.equal(impossible.get(digest(2)), 'input "scan" of its job is neither stored nor unchanged at "/data/a b"')
})

/** Records of jobs, and of what was freed of their outputs. */
function stores(records: readonly JobRecord[], freed: readonly number[]) {
  const jobs = {
    listFreed: async () => freed.map((number) => ({ digest: digest(number), sizeBytes: 1 }) as FreedBlob),
    naming: async (one: string) =>
      records.filter((record) => JSON.stringify(record).includes(one)).map((record) => record.id),
    get: async (id: string) => records.find((record) => record.id === id),
  }
  return { jobs } as unknown as Parameters<typeof freedThrough>[1]
}

function maker(number: number, made: number, more: Partial<JobRecord> = {}): JobRecord {
  return recordOf(number, { state: "complete", outputs: [{ path: "o", digest: digest(made), sizeBytes: 1 }], ...more })
}

test("freed bytes are lost with the last job, or the last gear, that can make them again", async () => {
  const records = [maker(1, 50), maker(2, 50), maker(3, 60)]
  const through = async (...ids: readonly string[]) =>
    (await freedThrough(new Set(ids), stores(records, [50, 60]))).map((blob) => blob.digest)
  assert.deepEqual(await through(jobId(1)), [])
  assert.deepEqual(await through(jobId(1), jobId(2)), [digest(50)])
  assert.deepEqual(await through(records[2]?.gear.id ?? ""), [digest(60)])
  assert.deepEqual(await through(), [])
})

test("a job that only verified, or that only read the bytes, is no maker of them", async () => {
  const reader = recordOf(2, { state: "complete", inputs: { in: { digest: digest(50) } } as never, outputs: [] })
  const records = [maker(1, 50), maker(3, 50, { forVerification: true }), reader]
  const lost = await freedThrough(new Set([jobId(1)]), stores(records, [50]))
  assert.deepEqual(
    lost.map((blob) => blob.digest),
    [digest(50)],
  )
  assert.deepEqual(await freedThrough(new Set([jobId(3)]), stores(records, [50])), [])
})
