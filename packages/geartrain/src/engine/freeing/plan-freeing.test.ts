import assert from "node:assert/strict"
import { test } from "node:test"
import type { Digest, Verification } from "@geartrain/spec"
import { digest, jobId } from "../../../test/stores/records/sample-records.ts"
import type { FreeingPolicy } from "./freeing-policy.ts"
import type { KnownJob, Presence } from "./known-job.ts"
import { type FreeingPlan, planFreeing } from "./plan-freeing.ts"

const MIB = 1024 * 1024
const NOW = Date.parse("2026-06-01T00:00:00.000Z")

interface Sample {
  readonly jobs: readonly KnownJob[]
  /** Numbers of digests that are stored; the others are not. Default: all outputs. */
  readonly stored?: readonly number[]
  readonly freed?: readonly number[]
  readonly busy?: readonly number[]
  readonly policy?: FreeingPolicy
  readonly presence?: Partial<Presence>
}

/** A job that makes outputs from inputs, by the numbers of their digests, and was verified once. */
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
    tookMs: 41_000,
    isOwn: true,
    outputs: made.map((output) => ({ path: `out-${output}`, digest: digest(output), sizeBytes: 10 * MIB })),
    inputs: read.map((input) => ({ name: `in-${input}`, digest: digest(input), path: `/data/${input}` })),
    history: [verified()],
    ...changes,
  }
}

function verified(changes: Partial<Verification> = {}): Verification {
  return {
    at: "2026-02-01T00:00:00.000Z",
    job: jobId(99),
    provider: "crun",
    verdict: "identical",
    differences: [],
    ...changes,
  }
}

async function plan(sample: Sample): Promise<FreeingPlan> {
  const outputs = sample.jobs.flatMap((one) => one.outputs)
  const all = sample.stored?.map(digest) ?? outputs.map((output) => output.digest)
  return planFreeing(
    {
      jobs: sample.jobs,
      stored: new Map(all.map((one) => [one, outputs.find((output) => output.digest === one)?.sizeBytes ?? MIB])),
      freed: new Set(sample.freed?.map(digest)),
      busy: new Set(sample.busy?.map(digest)),
      storedBytes: outputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    },
    sample.policy ?? {},
    { presence: { hasGear: async () => true, isUnchanged: async () => false, ...sample.presence }, now: NOW },
  )
}

const numbers = (blobs: readonly { readonly digest: Digest }[]): readonly number[] =>
  blobs.map((blob) => Number.parseInt(blob.digest.slice(7), 16)).toSorted((a, b) => a - b)

/** Inputs from 100 on lie outside of the store, unchanged. */
const OUTSIDE: Partial<Presence> = { isUnchanged: async (input) => Number(input.path?.slice("/data/".length)) >= 100 }

test("an output goes whose job gave it again when it was verified, and whose inputs are there", async () => {
  const { free, kept } = await plan({ jobs: [job(1, [1], [100])], presence: OUTSIDE })
  assert.deepEqual(numbers(free), [1])
  assert.deepEqual(kept, [])
  assert.deepEqual(free[0]?.way.needs, { jobs: [jobId(1)], gears: [digest(0xa001)], blobs: [] })
})

test("it stays when its input or its gear is gone, and the reason names them", async () => {
  const { kept } = await plan({ jobs: [job(1, [1], [7])] })
  assert.deepEqual(
    kept.map(({ why }) => why),
    ['input "in-7" of its job is neither stored nor unchanged at "/data/7"'],
  )
  const gone = await plan({ jobs: [job(1, [1], [])], presence: { hasGear: async () => false } })
  assert.deepEqual(
    gone.kept.map(({ why }) => why),
    ['gear "gear-1@1.0.0" is no longer stored'],
  )
})

test("what was never verified stays unless that is allowed; what came out otherwise stays all the same", async () => {
  const never = [job(1, [1], [], { history: [verified({ verdict: "undecided" })] })]
  assert.match((await plan({ jobs: never })).kept[0]?.why ?? "", /^its job was never verified: gear verify 0+1$/)
  assert.deepEqual(numbers((await plan({ jobs: never, policy: { unverified: true } })).free), [1])
  for (const history of [
    [verified({ verdict: "different", differences: [{ path: "out-1" }] }), verified()],
    [verified({ verdict: "equivalent", differences: [{ path: "out-1" }] })],
    [verified({ verdict: "different" })],
  ]) {
    const { free, kept } = await plan({ jobs: [job(1, [1], [], { history })], policy: { unverified: true } })
    assert.deepEqual(free, [])
    assert.equal(kept[0]?.why, "it came out otherwise when its job was verified on 2026-02-01")
  }
})

test("of a job whose outputs differed in one, the others may go", async () => {
  const history = [verified({ verdict: "different", differences: [{ path: "out-2" }] })]
  const { free, kept } = await plan({ jobs: [job(1, [1, 2], [], { history })] })
  assert.deepEqual([numbers(free), numbers(kept)], [[1], [2]])
})

test("a job that cannot be carried out again keeps its outputs", async () => {
  const { kept } = await plan({ jobs: [job(1, [1], [], { never: "its job ended as failed" })] })
  assert.equal(kept[0]?.why, "its job ended as failed")
})

test("bytes that another job of the same outputs can make may go", async () => {
  const jobs = [job(1, [1], [], { never: "its job ended as failed" }), job(2, [1], [])]
  const { free } = await plan({ jobs })
  assert.equal(free[0]?.way.job.id, jobId(2))
})

test("what came of a verification alone stays", async () => {
  const { kept } = await plan({ jobs: [job(1, [1], [], { isOwn: false })] })
  assert.equal(kept[0]?.why, "it came of a verification alone")
})

test("a chain goes as a whole, for its beginning is there; each knows all that is needed on the way", async () => {
  const { free } = await plan({ jobs: [job(3, [3], [2]), job(2, [2], [1]), job(1, [1], [100])], presence: OUTSIDE })
  assert.deepEqual(numbers(free), [1, 2, 3])
  const last = free.find((blob) => blob.digest === digest(3))
  assert.deepEqual(last?.way.needs.jobs.toSorted(), [jobId(1), jobId(2), jobId(3)])
})

test("where the beginning of a chain is gone, what it is made from stays, and the rest goes", async () => {
  const { free, kept } = await plan({ jobs: [job(2, [2], [1]), job(1, [1], [7])] })
  assert.deepEqual([numbers(free), numbers(kept)], [[2], [1]])
  assert.deepEqual(free[0]?.way.needs.blobs, [digest(1)])
})

test("of bytes that are made from each other, one stays; and a copy of an input is no way to make that input", async () => {
  const circle = await plan({ jobs: [job(1, [1], [2]), job(2, [2], [1])] })
  assert.equal(circle.free.length, 1)
  assert.equal(circle.kept.length, 1)
  assert.equal(circle.kept[0]?.why, "it is made from bytes that are made from it")
  const copy = await plan({ jobs: [job(1, [1], [1])] })
  assert.deepEqual(numbers(copy.kept), [1])
})

test("what was freed before may be made again on the way, if that can be", async () => {
  const jobs = [job(2, [2], [1]), job(1, [1], [100])]
  assert.deepEqual(numbers((await plan({ jobs, stored: [2], freed: [1], presence: OUTSIDE })).free), [2])
  assert.deepEqual(numbers((await plan({ jobs, stored: [2], freed: [1] })).kept), [2])
  const circle = [job(1, [1], [2]), job(2, [2], [1])]
  assert.deepEqual(numbers((await plan({ jobs: circle, stored: [2], freed: [1] })).kept), [2])
})

test("the policy says what it is about: size, age, gear and place", async () => {
  const jobs = [
    job(1, [1], [], { destination: "a" }),
    job(2, [2], [], { ended: "2026-05-31T00:00:00.000Z", destination: "b" }),
    job(3, [3], [], { outputs: [{ path: "small", digest: digest(3), sizeBytes: 10 }], destination: "a" }),
  ]
  const freed = async (policy: FreeingPolicy): Promise<readonly number[]> =>
    numbers((await plan({ jobs, policy })).free)
  assert.deepEqual(await freed({}), [1, 2], "small files stay where nobody says otherwise")
  assert.deepEqual(await freed({ leastBytes: 1 }), [1, 2, 3])
  assert.deepEqual(await freed({ leastBytes: 11 * MIB }), [])
  assert.deepEqual(await freed({ olderThanMs: 7 * 24 * 3_600_000 }), [1])
  assert.deepEqual(await freed({ gear: "gear-2" }), [2])
  assert.deepEqual(await freed({ gear: "gear-2@1.0.0" }), [2])
  assert.deepEqual(await freed({ gear: "gear-2@2.0.0" }), [])
  assert.deepEqual(await freed({ destination: "a", leastBytes: 1 }), [1, 3])
})

test("bytes that a job of another place made as well are not this place's to free", async () => {
  const jobs = [job(1, [1], [], { destination: "a" }), job(2, [1], [], { destination: "b" })]
  assert.deepEqual((await plan({ jobs, policy: { destination: "a" } })).free, [])
})

test("what a job read lately is in use, and a verification is no use", async () => {
  const reading = job(2, [2], [1], { ended: "2026-05-31T00:00:00.000Z" })
  const policy = { olderThanMs: 7 * 24 * 3_600_000 }
  assert.deepEqual((await plan({ jobs: [job(1, [1], []), reading], policy })).free, [])
  const rerun = job(2, [1], [], { ended: "2026-05-31T00:00:00.000Z", isOwn: false })
  assert.deepEqual(numbers((await plan({ jobs: [job(1, [1], []), rerun], policy })).free), [1])
})

test("no more goes than it takes, what was not used for longest first", async () => {
  const jobs = [
    job(1, [1], [], { ended: "2026-03-01T00:00:00.000Z" }),
    job(2, [2], [], { ended: "2026-01-01T00:00:00.000Z" }),
    job(3, [3], [], { ended: "2026-02-01T00:00:00.000Z" }),
  ]
  assert.deepEqual(numbers((await plan({ jobs, policy: { downToBytes: 15 * MIB } })).free), [2, 3])
  assert.deepEqual((await plan({ jobs, policy: { downToBytes: 30 * MIB } })).free, [])
})

test("what runs reads and writes, logs, and what a job said of its files stay without a word", async () => {
  const files = [{ path: ".metadata.json", digest: digest(3), sizeBytes: 10 * MIB }]
  const jobs = [job(1, [1], []), job(2, [2], [], { log: digest(2) }), job(3, [], [], { outputs: files })]
  const { free, kept } = await plan({ jobs, busy: [1] })
  assert.deepEqual([free, kept], [[], []])
})
