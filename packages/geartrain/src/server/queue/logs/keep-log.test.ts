import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { memoryQueue } from "../../../../test/server/queue/memory-queue.ts"
import { held, type QueueBench, runnerCaller } from "../../../../test/server/queue/queue-bench.ts"
import { sha256 } from "../../../system/hash.ts"
import { appendChunk } from "./append-chunk.ts"
import { keepLog, keepLooseLogs } from "./keep-log.ts"

/** A job with a log in pieces, of which one attempt has ended without a word of its runner. */
async function withLog(queue: QueueBench, pieces: readonly string[], ended = true): Promise<string> {
  const { ports } = queue
  const job = await queue.submit("ada")
  const runner = await queue.runner("one")
  await queue.claim(runner)
  for (const [n, text] of pieces.entries())
    await appendChunk(ports, runnerCaller, { ...held(runner, { job, attempt: 1 }), n, bytes: Buffer.from(text) })
  if (ended)
    await ports.database.write(({ sql }) =>
      sql.updateTable("attempts").set({ ended_ms: 1 }).where("job", "=", job).execute(),
    )
  return job
}

async function kept(queue: QueueBench) {
  const { read } = queue.ports.database
  const pieces = await read.selectFrom("job_logs").select("n").execute()
  const attempts = await read.selectFrom("attempts").select("log_digest").orderBy("job").execute()
  const blobs = await read.selectFrom("job_blobs").select(["digest", "job", "is"]).execute()
  const digests = attempts.map(({ log_digest }) => log_digest)
  return { pieces: pieces.length, digests, blobs: blobs.map((row) => ({ ...row })) }
}

const open = (context: TestContext) => memoryQueue(context)

test("the pieces of an ended attempt's log become one blob that the job names, and go", async (context) => {
  const queue = await open(context)
  const job = await withLog(queue, ["one ", "two ", "three"])
  const digest = sha256(Buffer.from("one two three"))
  await keepLog(queue.ports, { job, attempt: 1 })
  assert.deepEqual(await kept(queue), { pieces: 0, digests: [digest], blobs: [{ digest, job, is: "log" }] })
  assert.equal((await queue.ports.blobs.stat(digest))?.sizeBytes, 13)
  // Once is enough, and a second time is no harm.
  await keepLog(queue.ports, { job, attempt: 1 })
  assert.deepEqual((await kept(queue)).digests, [digest])
})

test("the log of an attempt that runs, or never was, stays as it is", async (context) => {
  const queue = await open(context)
  const job = await withLog(queue, ["running"], false)
  await keepLog(queue.ports, { job, attempt: 1 })
  await keepLog(queue.ports, { job, attempt: 2 })
  assert.equal(await keepLooseLogs(queue.ports), 0)
  assert.deepEqual(await kept(queue), { pieces: 1, digests: [null], blobs: [] })
})

test("while the bytes cannot be stored, or are gone at once, the pieces stay", async (context) => {
  const queue = await open(context)
  const job = await withLog(queue, ["dear"])
  const full = {
    ...queue.ports.blobs,
    put: async () => {
      throw new Error("full")
    },
  }
  await assert.rejects(keepLog({ ...queue.ports, blobs: full }, { job, attempt: 1 }), /^Error: full$/)
  const emptied = { ...queue.ports.blobs, stat: async () => undefined }
  await keepLog({ ...queue.ports, blobs: emptied }, { job, attempt: 1 })
  assert.deepEqual(await kept(queue), { pieces: 1, digests: [null], blobs: [] })
  // What upkeep tries again then succeeds.
  assert.equal(await keepLooseLogs(queue.ports), 1)
  assert.equal((await kept(queue)).pieces, 0)
})

test("upkeep finds every loose log once, also empty ones and two that are equal", async (context) => {
  const queue = await open(context)
  for (const pieces of [["same"], ["same"], []]) await withLog(queue, pieces)
  assert.equal(await keepLooseLogs(queue.ports), 3)
  const { digests, pieces, blobs } = await kept(queue)
  assert.equal(pieces, 0)
  assert.equal(blobs.length, 3)
  assert.deepEqual(
    digests.toSorted(),
    [sha256(Buffer.from("same")), sha256(Buffer.from("same")), sha256(Buffer.from(""))].toSorted(),
  )
  assert.equal(await keepLooseLogs(queue.ports), 0)
})
