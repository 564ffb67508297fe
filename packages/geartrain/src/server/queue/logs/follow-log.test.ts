import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { memoryQueue } from "../../../../test/server/queue/memory-queue.ts"
import { complete, held, type QueueBench, runnerCaller } from "../../../../test/server/queue/queue-bench.ts"
import { finishAttempt } from "../attempts/finish-attempt.ts"
import { appendChunk } from "./append-chunk.ts"
import { followLog, type LogNews } from "./follow-log.ts"

/** A running job, whose log a test says piece by piece. */
interface Told {
  readonly queue: QueueBench
  readonly job: string
  say(bytes: Uint8Array): Promise<void>
  end(): Promise<void>
  follow(from?: number, signal?: AbortSignal): AsyncGenerator<LogNews>
}

async function running(context: TestContext, mostLogBytes = 1000): Promise<Told> {
  const queue = await memoryQueue(context, { settings: { mostLogBytes } })
  const { ports } = queue
  const job = await queue.submit("ada")
  const runner = await queue.runner("one")
  await queue.claim(runner)
  const of = held(runner, { job, attempt: 1 })
  let n = 0
  return {
    queue,
    job,
    say: async (bytes) => void (await appendChunk(ports, runnerCaller, { ...of, n: n++, bytes })),
    end: async () => void (await finishAttempt(ports, runnerCaller, { held: of, finish: complete() })),
    follow: (from = 0, signal = new AbortController().signal) => followLog(ports, { job, attempt: 1, from }, signal),
  }
}

async function all(news: AsyncIterable<LogNews>): Promise<readonly unknown[]> {
  const told = []
  for await (const one of news) told.push(one.type === "end" ? one.state : [one.offset, one.nextOffset, one.text])
  return told
}

const bytesOf = (text: string): Buffer => Buffer.from(text)

test("who follows is told what there is, then what comes, and then how it ended", async (context) => {
  const told = await running(context)
  await told.say(bytesOf("one\n"))
  const news = told.follow()
  const first = await news.next()
  assert.deepEqual(first.value, { type: "text", attempt: 1, offset: 0, nextOffset: 4, text: "one\n" })
  const next = news.next()
  await told.say(bytesOf("two\n"))
  assert.deepEqual((await next).value, { type: "text", attempt: 1, offset: 4, nextOffset: 8, text: "two\n" })
  const last = news.next()
  await told.end()
  assert.deepEqual((await last).value, { type: "end", attempt: 1, state: "complete" })
  assert.equal((await news.next()).done, true)
})

test("a character whose bytes come in several pieces is told whole, and once", async (context) => {
  const told = await running(context)
  const bytes = bytesOf("é€😀!")
  assert.equal(bytes.length, 10)
  for (const byte of bytes) await told.say(Uint8Array.of(byte))
  await told.end()
  assert.deepEqual(await all(told.follow()), [[0, 10, "é€😀!"], "complete"])
})

test("while it runs, half a character is held back until its other half is there", async (context) => {
  const told = await running(context)
  const bytes = bytesOf("a😀")
  await told.say(bytes.subarray(0, 3))
  const news = told.follow()
  assert.deepEqual((await news.next()).value, { type: "text", attempt: 1, offset: 0, nextOffset: 1, text: "a" })
  const next = news.next()
  await told.say(bytes.subarray(3))
  assert.deepEqual((await next).value, { type: "text", attempt: 1, offset: 1, nextOffset: 5, text: "😀" })
  await news.return(undefined)
})

test("half a character that a log ends with is told as what it is", async (context) => {
  const told = await running(context)
  await told.say(bytesOf("ok€").subarray(0, 4))
  await told.end()
  assert.deepEqual(await all(told.follow()), [[0, 2, "ok"], [2, 4, "\ufffd"], "complete"])
})

test("bytes that are no text are told without end or delay: nothing waits for a character that cannot come", async (context) => {
  const told = await running(context)
  await told.say(Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0xff))
  await told.end()
  const news = await all(told.follow())
  assert.equal(news.at(-1), "complete")
  assert.equal((news.at(-2) as readonly unknown[])[1], 5)
})

test("one goes on from any offset that one was told", async (context) => {
  const told = await running(context)
  await told.say(bytesOf("one two"))
  await told.end()
  assert.deepEqual(await all(told.follow(4)), [[4, 7, "two"], "complete"])
  assert.deepEqual(await all(told.follow(7)), ["complete"])
  assert.deepEqual(await all(told.follow(7000)), ["complete"])
})

test("after a middle that was dropped the end is told at its own place, without half a character of the beginning", async (context) => {
  const told = await running(context, 8)
  // Two of the euro sign's three bytes are the last ones that are kept of the beginning.
  for (const piece of [bytesOf("ab€").subarray(0, 4), bytesOf("drop"), bytesOf("drop"), bytesOf("tail")])
    await told.say(piece)
  await told.end()
  assert.deepEqual(await all(told.follow()), [[0, 2, "ab"], [12, 16, "tail"], "complete"])
})

test("nobody who has gone away is waited for, and a job that never began is told by its end", async (context) => {
  const { queue, follow } = await running(context)
  const gone = new AbortController()
  const news = follow(0, gone.signal).next()
  gone.abort()
  assert.equal((await news).done, true)
  const other = await queue.submit("ada")
  const { database } = queue.ports
  await database.write(({ sql }) =>
    sql.updateTable("jobs").set({ state: "cancelled" }).where("id", "=", other).execute(),
  )
  const asked = { job: other, attempt: 1, from: 0 }
  assert.deepEqual(await all(followLog(queue.ports, asked, new AbortController().signal)), ["cancelled"])
})
