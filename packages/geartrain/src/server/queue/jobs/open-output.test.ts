import assert from "node:assert/strict"
import { text } from "node:stream/consumers"
import { type TestContext, test } from "node:test"
import { person } from "../../../../test/server/open-access.ts"
import { memoryQueue } from "../../../../test/server/queue/memory-queue.ts"
import { PROJECT, type QueueBench } from "../../../../test/server/queue/queue-bench.ts"
import { refusalOf } from "../../../../test/server/refusal-of.ts"
import { needJob } from "./need-job.ts"
import { openOutput } from "./open-output.ts"

const READER = person("reader")

/** A job at its second attempt, which has put out "new" where the first one put out "old". */
async function bench(context: TestContext): Promise<{ readonly queue: QueueBench; readonly job: string }> {
  const rights = { ada: { [PROJECT]: "run" }, reader: { [PROJECT]: "read" }, eve: {} } as const
  const queue = await memoryQueue(context, { rights })
  const job = await queue.submit("ada")
  await queue.claim(await queue.runner("one"))
  const output = async (name: string, bytes: string) => {
    return { name, digest: await queue.bytes(bytes), sizeBytes: bytes.length, type: "text", output: "main" }
  }
  const then = JSON.stringify([await output("deep/a.txt", "old")])
  const now = JSON.stringify([await output("deep/a.txt", "new"), await output("b.txt", "b")])
  await queue.ports.database.write(async ({ sql }) => {
    await sql.updateTable("attempts").set({ outputs: then }).where("job", "=", job).execute()
    await sql.updateTable("jobs").set({ outputs: now, attempt: 2 }).where("id", "=", job).execute()
  })
  return { queue, job }
}

test("an output is opened by its whole path, and saved by the last part of it", async (context) => {
  const { queue, job } = await bench(context)
  const opened = await openOutput(queue.ports, READER, { job, name: "deep/a.txt" })
  assert.deepEqual([opened.name, opened.sizeBytes, opened.mimetype], ["a.txt", 3, ""])
  assert.equal(await text(opened.bytes()), "new")
  assert.equal(await text(opened.bytes({ first: 1, last: 2 })), "ew")
})

test("what an attempt before put out is opened by its number", async (context) => {
  const { queue, job } = await bench(context)
  const at = async (attempt: number) =>
    text((await openOutput(queue.ports, READER, { job, name: "deep/a.txt", attempt })).bytes())
  assert.deepEqual([await at(1), await at(2)], ["old", "new"])
})

test("what no attempt of that number put out is not found, and its name is not repeated without end", async (context) => {
  const { queue, job } = await bench(context)
  const gone = { code: "JOB_OUTPUT_NOT_FOUND" }
  for (const asked of [
    { name: "a.txt" },
    { name: "deep" },
    { name: "" },
    { name: "../deep/a.txt" },
    { name: "b.txt", attempt: 1 },
    { name: "b.txt", attempt: 3 },
  ])
    await assert.rejects(openOutput(queue.ports, READER, { job, ...asked }), gone, JSON.stringify(asked))
  const long = openOutput(queue.ports, READER, { job, name: `${"x".repeat(199)}😀${"x".repeat(5000)}` })
  await assert.rejects(long, ({ message }: Error) => message.length < 400 && message.isWellFormed())
})

test("a job that one may not know of is not found, in the same words as one that there is not", async (context) => {
  const { queue, job } = await bench(context)
  const asked = { right: "read", action: "job.read" } as const
  const said = async (user: string, id: string): Promise<string> => {
    const refusal = await refusalOf(needJob(queue.ports, person(user), { ...asked, id }))
    assert.equal(refusal.code, "JOB_NOT_FOUND")
    return refusal.message.replaceAll(id, "ID")
  }
  assert.equal(await said("eve", job), await said("ada", "0".repeat(24)))
  await assert.rejects(openOutput(queue.ports, person("eve"), { job, name: "b.txt" }), { code: "JOB_NOT_FOUND" })
})

test("who may read a job and no more is refused more, and told so", async (context) => {
  const { queue, job } = await bench(context)
  const asked = { id: job, action: "job.change" }
  assert.equal((await needJob(queue.ports, READER, { ...asked, right: "read" })).id, job)
  await assert.rejects(needJob(queue.ports, READER, { ...asked, right: "run" }), { code: "NOT_PERMITTED" })
  assert.equal((await needJob(queue.ports, person("ada"), { ...asked, right: "run" })).attempt, 2)
})
