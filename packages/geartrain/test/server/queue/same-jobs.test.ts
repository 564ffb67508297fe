import assert from "node:assert/strict"
import type { Digest } from "@geartrain/spec"
import type { FinishRequest } from "@geartrain/spec/server"
import { finishAttempt } from "../../../src/server/queue/attempts/finish-attempt.ts"
import { findStandingJobs } from "../../../src/server/queue/jobs/find-standing-jobs.ts"
import { retryJob } from "../../../src/server/queue/jobs/retry-job.ts"
import type { StandingQuery } from "../../../src/server/queue/jobs/standing-candidates.ts"
import type { QueuePorts } from "../../../src/server/queue/queue-ports.ts"
import { submitJob } from "../../../src/server/queue/submit/submit-job.ts"
import { counting } from "../counting.ts"
import { onDatabases } from "../on-databases.ts"
import { person } from "../open-access.ts"
import { complete, held, manifestOf, PLACE, PROJECT, type QueueBench, queueBench, runnerCaller } from "./queue-bench.ts"

const OTHER = "0000000000000000000000cc"
const NUMBERED = manifestOf("noop", { config: { n: { type: "integer", default: 0 } } })
const UNKNOWN: Digest = `sha256:${"0".repeat(64)}`

const own = { reason: "NONZERO_EXIT", culprit: "gear" } as const

/** Has somebody order a job and a runner finish it as it is told. */
async function done(
  queue: QueueBench,
  what: { readonly n: number; readonly user?: string; readonly destination?: string; readonly isPlain?: true },
  finish: FinishRequest,
): Promise<{ readonly id: string; readonly invocation: Digest }> {
  const { n, user = "ada", destination = PLACE } = what
  const { job } = await submitJob(queue.ports, person(user), {
    order: { gear: "noop", destination, config: { n }, ...(what.isPlain ? {} : { byContent: { files: [] } }) },
  })
  const runner = await queue.runner("r")
  const [claimed] = await queue.claim(runner)
  assert.equal(claimed?.job, job.id)
  queue.clock.nowMs += 1000
  await finishAttempt(queue.ports, runnerCaller, { held: held(runner, claimed), finish })
  return { id: job.id, invocation: job.invocation_digest as Digest }
}

onDatabases((bench) => {
  bench.test(
    "what was done by content is found for who may read it, the latest of each, as long as its bytes are there",
    async (context) => {
      const rights = { ada: { [PROJECT]: "run", [OTHER]: "run" }, bob: { [OTHER]: "run" }, eve: {} } as const
      const queue = await queueBench(await bench.open(context), { manifests: [NUMBERED], rights })
      queue.archive.places.set(OTHER, { type: "project", id: OTHER, project: OTHER, group: "lab" })
      const same = (user: string, query: StandingQuery, ports: QueuePorts = queue.ports) =>
        findStandingJobs(ports, person(user), query)
      const [first, second] = [await queue.bytes("first"), await queue.bytes("second")]
      const usage = { wallMs: 1234.5, method: "none" } as const
      const put = (digest: Digest): FinishRequest => ({
        ...complete([{ name: "a/b.txt", digest, sizeBytes: 5, type: "text", output: "main" }]),
        usage,
      })
      await done(queue, { n: 1 }, put(first))
      const latest = await done(queue, { n: 1 }, put(second))
      const elsewhere = await done(queue, { n: 1, destination: OTHER }, put(first))
      await done(queue, { n: 2 }, { ...put(first), state: "failed", ...own, exitCode: 3 })
      const plain = await done(queue, { n: 3, isPlain: true }, put(first))
      const { invocation } = latest
      assert.equal(elsewhere.invocation, invocation)
      const asked = [invocation, invocation, UNKNOWN, plain.invocation]
      assert.deepEqual(await same("ada", { invocations: asked }), {
        items: [
          {
            ...{ invocation, job: elsewhere.id, state: "complete", exitCode: 0, wallMs: 1234.5 },
            outputs: [{ path: "a/b.txt", digest: first, sizeBytes: 5, type: "text", output: "main" }],
            endedMs: queue.clock.nowMs - 2000,
          },
        ],
        unasked: [],
      })
      assert.deepEqual(
        (await same("bob", { invocations: asked })).items.map(({ job }) => job),
        [elsewhere.id],
      )
      assert.deepEqual((await same("eve", { invocations: asked })).items, [])
      // Of the latest the bytes are gone: the one before stands.
      const stat = async (digest: Digest) => (digest === first ? undefined : queue.ports.blobs.stat(digest))
      const without = { ...queue.ports, blobs: { ...queue.ports.blobs, stat } }
      assert.deepEqual(
        (await same("ada", { invocations: asked }, without)).items.map(({ job }) => job),
        [latest.id],
      )
      assert.deepEqual((await same("bob", { invocations: asked }, without)).items, [])
      // Tried again, it says nothing until it has ended.
      await retryJob(queue.ports, person("ada"), { id: elsewhere.id, again: true })
      assert.deepEqual((await same("bob", { invocations: asked })).items, [])
    },
  )

  bench.test(
    "one that failed stands only for who takes its exit code, if it ended by itself and none ended well",
    async (context) => {
      const queue = await queueBench(await bench.open(context), { manifests: [NUMBERED] })
      const record = async (n: number, exit: object) =>
        queue.bytes(
          JSON.stringify({ format: "geartrain-job/1", n, state: "failed", failure: { ...own, message: "" }, exit }),
        )
      const fails = async (n: number, code: number, exit: object = { code }) =>
        done(
          queue,
          { n },
          { ...complete(), state: "failed", ...own, exitCode: code, recordDigest: await record(n, exit) },
        )
      const itself = await fails(1, 3)
      const killed = await fails(2, 3, { code: 3, signal: "SIGKILL" })
      const forMemory = await fails(3, 3, { code: 3, outOfMemory: true })
      const unrecorded = await done(queue, { n: 4 }, { ...complete(), state: "failed", ...own, exitCode: 3 })
      const nonsense = async (n: number, text: string) => {
        const recordDigest = await queue.bytes(text)
        return done(queue, { n }, { ...complete(), state: "failed", ...own, exitCode: 3, recordDigest })
      }
      const unreadable = await nonsense(5, "{")
      const empty = await nonsense(6, '{"format": "geartrain-job/1", "state": "failed", "failure": null, "exit": null}')
      const invocations = [itself, killed, forMemory, unrecorded, unreadable, empty].map(({ invocation }) => invocation)
      const found = async (acceptExitCodes?: readonly number[]) => {
        const query = { invocations, ...(acceptExitCodes === undefined ? {} : { acceptExitCodes }) }
        return (await findStandingJobs(queue.ports, person("ada"), query)).items.map(({ job }) => job)
      }
      assert.deepEqual(await found(), [])
      assert.deepEqual(await found([4]), [])
      assert.deepEqual(await found([4, 3]), [itself.id])
      const well = await done(queue, { n: 1 }, complete())
      await fails(1, 3)
      assert.deepEqual(await found([3]), [well.id])
    },
  )

  bench.test("an answer that would be too long says what is to be asked for again", async (context) => {
    const queue = await queueBench(await bench.open(context), { manifests: [NUMBERED] })
    const digest = await queue.bytes("x")
    const many = (count: number) => Array.from({ length: count }, (_, n) => ({ name: `${n}`, digest, sizeBytes: 1 }))
    const jobs = [
      await done(queue, { n: 1 }, complete(many(100_000))),
      await done(queue, { n: 2 }, complete(many(1))),
      await done(queue, { n: 3 }, complete(many(1))),
    ]
    const invocations = jobs.map(({ invocation }) => invocation)
    const first = await findStandingJobs(queue.ports, person("ada"), { invocations })
    assert.deepEqual([first.items.map(({ job }) => job), first.unasked], [[jobs[0]?.id], invocations.slice(1)])
    const rest = await findStandingJobs(queue.ports, person("ada"), { invocations: first.unasked })
    assert.deepEqual([rest.items.map(({ job }) => job), rest.unasked], [jobs.slice(1).map(({ id }) => id), []])
  })

  bench.test("no more is read for an answer than it takes to say so", async (context) => {
    const queue = await queueBench(await bench.open(context), { manifests: [NUMBERED] })
    const end = { format: "geartrain-job/1", state: "failed", failure: { ...own, message: "" }, exit: { code: 3 } }
    const recordDigest = await queue.bytes(JSON.stringify(end) + " ".repeat(40 * 1024 * 1024))
    const failed = async (n: number) =>
      (await done(queue, { n }, { ...complete(), state: "failed", ...own, exitCode: 3, recordDigest })).invocation
    const invocations = [await failed(1), await failed(2), await failed(3)]
    const found = await findStandingJobs(queue.ports, person("ada"), { invocations, acceptExitCodes: [3] })
    assert.deepEqual(
      [found.items.map(({ invocation }) => invocation), found.unasked],
      [invocations.slice(0, 2), invocations.slice(2)],
    )
  })

  bench.test("as few questions are asked of the database for many invocations as for one", async (context) => {
    const { database, asked } = counting(await bench.open(context))
    const queue = await queueBench(database, { manifests: [NUMBERED] })
    const [kept, lost] = [await queue.bytes("kept"), await queue.bytes("lost")]
    const put = (digest: Digest) => complete([{ name: "a.txt", digest, sizeBytes: 4 }])
    const earlier = await done(queue, { n: 0 }, put(kept))
    const jobs = [await done(queue, { n: 0 }, put(lost))]
    for (let n = 1; n < 30; n++) jobs.push(await done(queue, { n }, put(n % 2 === 0 ? kept : lost)))
    const stat = async (digest: Digest) => (digest === lost ? undefined : queue.ports.blobs.stat(digest))
    const ports = { ...queue.ports, blobs: { ...queue.ports.blobs, stat } }
    const questions: number[] = []
    for (const count of [1, jobs.length]) {
      const invocations = jobs.slice(0, count).map(({ invocation }) => invocation)
      const before = asked()
      const { items } = await findStandingJobs(ports, person("ada"), { invocations: invocations.toReversed() })
      questions.push(asked() - before)
      assert.deepEqual(
        items.map(({ job }) => job),
        [earlier.id, ...jobs.slice(1, count).flatMap(({ id }, index) => (index % 2 === 1 ? [id] : []))].toReversed(),
      )
    }
    assert.equal(questions[0], questions[1])
  })
})
