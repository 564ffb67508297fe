import assert from "node:assert/strict"
import { text } from "node:stream/consumers"
import { type TestContext, test } from "node:test"
import type { Digest } from "@geartrain/spec"
import { person } from "../../../../test/server/open-access.ts"
import { memoryQueue } from "../../../../test/server/queue/memory-queue.ts"
import { ADMIN, manifestOf, once, PLACE, PROJECT, type QueueBench } from "../../../../test/server/queue/queue-bench.ts"
import { sha256 } from "../../../system/hash.ts"
import type { Caller } from "../../people/caller.ts"
import { storeImage } from "../gears/store-image.ts"
import { openJobBlob, putJobBlob, statJobBlob, storeBytes } from "./job-blobs.ts"

const INPUT = "0123456789"

/** A running job that reads ten bytes. */
async function bench(context: TestContext) {
  const queue = await memoryQueue(context, {
    manifests: [manifestOf("reader", { inputs: { scan: { base: "file" } } }), manifestOf("other")],
  })
  const digest = await queue.bytes(INPUT)
  const place = { type: "acquisition", id: PLACE } as const
  const file = { id: "f", version: 1, name: "a", digest, sizeBytes: 10, project: PROJECT, place, object: {} }
  queue.archive.files.set("file:f", file)
  const job = await queue.submit("ada", { gear: "reader", inputs: { scan: "file:f" } })
  await queue.claim(await queue.runner("one"))
  return { queue, digest, caller: asJob(job) }
}

function asJob(job: string): Caller {
  return { kind: "job", user: "ada", siteAdmin: false, job, attempt: 1, by: { method: "job-token" } }
}

async function image(queue: QueueBench, name: string): Promise<Digest> {
  const { image_digest } = await queue.ports.database.read
    .selectFrom("gears")
    .select("image_digest")
    .where("name", "=", name)
    .executeTakeFirstOrThrow()
  return image_digest as Digest
}

const NOT_FOUND = { code: "BLOB_NOT_FOUND" }
const NOT_PERMITTED = { code: "NOT_PERMITTED" }

test("a running job reads its inputs and its gear's image, and no other bytes that are stored", async (context) => {
  const { queue, digest, caller } = await bench(context)
  const open = (of: Digest) => openJobBlob(queue.ports, caller, { digest: of, range: undefined })
  assert.equal(await text((await open(digest)).bytes), INPUT)
  assert.match(await text((await open(await image(queue, "reader"))).bytes), /"name":"reader"/)
  await assert.rejects(open(await image(queue, "other")), NOT_FOUND)
  const made = await putJobBlob(queue.ports, caller, {
    digest: sha256(Buffer.from("out")),
    bytes: once(Buffer.from("out")),
  })
  // Nor what it put out itself.
  const job = caller.job ?? assert.fail()
  await queue.ports.database.write(({ sql }) =>
    sql.insertInto("job_blobs").values({ digest: made.digest, job, is: "output" }).execute(),
  )
  await assert.rejects(open(made.digest), NOT_FOUND)
  await queue.ports.blobs.remove?.(digest)
  await assert.rejects(open(digest), NOT_FOUND)
})

test("one stretch of bytes is read as it is asked for, and what is no range of ours is not there", async (context) => {
  const { queue, digest, caller } = await bench(context)
  const read = async (range: string | undefined) => {
    const { from, sizeBytes, wholeBytes, bytes } = await openJobBlob(queue.ports, caller, { digest, range })
    const told = await text(bytes)
    assert.deepEqual([told.length, wholeBytes, INPUT.slice(from, from + sizeBytes)], [sizeBytes, 10, told], range)
    return told
  }
  assert.equal(await read("bytes=2-4"), "234")
  assert.equal(await read("bytes=0-0"), "0")
  assert.equal(await read("bytes=7-"), "789")
  assert.equal(await read("bytes=9-999999999999999"), "9")
  assert.equal(await read("bytes=-3"), "789")
  assert.equal(await read("bytes=-11"), INPUT)
  for (const whole of [undefined, "", "bytes=-", "bytes=1-2,4-5", "items=1-2", "bytes=a-b", `bytes=${"1".repeat(16)}-`])
    assert.equal(await read(whole), INPUT, whole)
})

test("a range with no byte in it is refused", async (context) => {
  const { queue, digest, caller } = await bench(context)
  for (const range of ["bytes=10-", "bytes=5-4", "bytes=-0", "bytes=999999999999999-"])
    await assert.rejects(openJobBlob(queue.ports, caller, { digest, range }), { code: "RANGE_UNFIT" }, range)
})

test("a stretch is cut across the pieces that a store gives, and no piece after it is asked for", async (context) => {
  const { queue, digest, caller } = await bench(context)
  let given = 0
  const get = async function* (): AsyncGenerator<Uint8Array> {
    for (const piece of ["012", "345", "678", "9"]) {
      given++
      yield Buffer.from(piece)
    }
  }
  const ports = { ...queue.ports, blobs: { ...queue.ports.blobs, get } }
  const pieces = []
  const { bytes } = await openJobBlob(ports, caller, { digest, range: "bytes=2-5" })
  for await (const piece of bytes) pieces.push(Buffer.from(piece).toString())
  assert.deepEqual(pieces, ["2", "345"])
  assert.equal(given, 2)
})

test("bytes are for running jobs alone: not for people, whatever they may, nor for a job that waits or has ended", async (context) => {
  const { queue, digest, caller } = await bench(context)
  const { database } = queue.ports
  const waiting = await queue.submit("ada", { gear: "other" })
  const refused = [ADMIN, { ...caller, kind: "person" } as const, asJob(waiting), asJob("nothing")]
  for (const one of refused) {
    await assert.rejects(statJobBlob(queue.ports, one, digest), NOT_PERMITTED)
    await assert.rejects(openJobBlob(queue.ports, one, { digest, range: undefined }), NOT_PERMITTED)
    await assert.rejects(putJobBlob(queue.ports, one, { digest, bytes: once(Buffer.from(INPUT)) }), NOT_PERMITTED)
  }
  assert.deepEqual(await statJobBlob(queue.ports, caller, digest), { digest, sizeBytes: 10 })
  await database.write(({ sql }) => sql.updateTable("jobs").set({ state: "complete" }).execute())
  await assert.rejects(statJobBlob(queue.ports, caller, digest), NOT_PERMITTED)
})

test("bytes that are not those of their digest are refused as the sender's mistake, and not stored", async (context) => {
  const { queue, caller } = await bench(context)
  const digest = sha256(Buffer.from("promised"))
  const sent = { digest, bytes: once(Buffer.from("something else")) }
  await assert.rejects(putJobBlob(queue.ports, caller, sent), { code: "UPLOAD_UNFIT" })
  await assert.rejects(statJobBlob(queue.ports, caller, digest), NOT_FOUND)
  assert.equal(await queue.ports.blobs.stat(sha256(Buffer.from("something else"))), undefined)
  // A sender that breaks off is told as that.
  const broken = (async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from("pro")
    throw new Error("cut")
  })()
  await assert.rejects(storeBytes(queue.ports, { digest, bytes: broken }), /^Error: cut$/)
})

test("images of gears are stored by admins of the site alone", async (context) => {
  const { queue } = await bench(context)
  const sent = () => ({ digest: sha256(Buffer.from("image")), bytes: once(Buffer.from("image")) })
  await assert.rejects(storeImage(queue.ports, person("ada"), sent()), NOT_PERMITTED)
  assert.equal(await queue.ports.blobs.stat(sent().digest), undefined)
  assert.deepEqual(await storeImage(queue.ports, ADMIN, sent()), { digest: sent().digest, sizeBytes: 5 })
  await assert.rejects(storeImage(queue.ports, ADMIN, { ...sent(), bytes: once(Buffer.from("x")) }), {
    code: "UPLOAD_UNFIT",
  })
})
