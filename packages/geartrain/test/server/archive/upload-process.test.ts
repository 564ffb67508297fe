import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { mkdir, mkdtemp, rm, stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { type ArchiveProcess, send, sendJson, startArchive } from "./archive-process.ts"

const MIB = 1024 * 1024

/** Bytes that are not the same twice, and the same every time. */
async function* noise(from: number, untilMiB: number): AsyncGenerator<Uint8Array> {
  for (let position = from; position < untilMiB * MIB; ) {
    const mebibyte = Math.floor(position / MIB)
    const chunk = Buffer.alloc(MIB, `mebibyte ${mebibyte} `).subarray(position - mebibyte * MIB)
    position += chunk.length
    yield chunk
  }
}

async function digestOfNoise(untilMiB: number): Promise<string> {
  const hash = createHash("sha256")
  for await (const chunk of noise(0, untilMiB)) hash.update(chunk)
  return `sha256:${hash.digest("hex")}`
}

async function opened(
  context: TestContext,
  options: { readonly diskMiB?: number } = {},
): Promise<{
  readonly folder: string
  readonly start: () => Promise<ArchiveProcess>
  readonly place: string
  readonly first: ArchiveProcess
}> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-upload-"))
  await mkdir(join(folder, "data"))
  const running: ArchiveProcess[] = []
  context.after(async () => {
    for (const each of running) await each.kill()
    await rm(folder, { recursive: true, force: true })
  })
  const start = async (): Promise<ArchiveProcess> => {
    const server = await startArchive(join(folder, "server.db"), join(folder, "data"), options)
    running.push(server)
    return server
  }
  const first = await start()
  await sendJson("POST", `${first.address}/api/v1/groups`, { id: "lab" })
  const { body } = await sendJson("POST", `${first.address}/api/v1/places`, {
    type: "project",
    parent: "lab",
    label: "P",
  })
  return { folder, start, first, place: body.id }
}

test("an upload goes on after the server was killed in the middle of it, and has the right bytes", async (context) => {
  const { folder, start, first, place } = await opened(context)
  const digest = await digestOfNoise(48)
  const { body: upload } = await sendJson("POST", `${first.address}/api/v1/uploads`, {
    place,
    name: "large",
    sizeBytes: 48 * MIB,
    digest,
  })
  const path = join(folder, "data/uploads", upload.id)
  async function* untilKilled(): AsyncGenerator<Uint8Array> {
    yield* noise(0, 36)
    while ((await stat(path)).size < 35 * MIB) await new Promise((resolve) => setTimeout(resolve, 10))
    await first.kill()
  }
  await assert.rejects(send("PUT", `${first.address}/api/v1/uploads/${upload.id}/chunks/0`, untilKilled()))
  const second = await start()
  const { body: there } = await send("GET", `${second.address}/api/v1/uploads/${upload.id}`)
  assert.ok(there.receivedBytes >= 32 * MIB, `${there.receivedBytes} were received`)
  const { body: rest } = await send(
    "PUT",
    `${second.address}/api/v1/uploads/${upload.id}/chunks/${there.receivedBytes}`,
    noise(there.receivedBytes, 48),
  )
  assert.equal(rest.receivedBytes, 48 * MIB)
  const finished = await send("POST", `${second.address}/api/v1/uploads/${upload.id}/finish`)
  assert.deepEqual([finished.status, finished.body.file.digest], [200, digest])
  await assert.rejects(stat(path), { code: "ENOENT" })
})

test("memory stays flat however long an upload and a download are", async (context) => {
  const { first, place } = await opened(context)
  // What the first bytes need is not counted.
  await send("PUT", `${first.address}/api/v1/places/${place}/files/small`, noise(0, 16))
  const before = first.peakBytes()
  const put = await send("PUT", `${first.address}/api/v1/places/${place}/files/large`, noise(0, 256))
  assert.equal(put.body.file.digest, await digestOfNoise(256))
  const { body: ticket } = await sendJson("POST", `${first.address}/api/v1/downloads`, { places: [place] })
  let bytes = 0
  const answer = await fetch(`${first.address}/api/v1/downloads/${ticket.ticket}`)
  for await (const chunk of answer.body ?? []) bytes += chunk.length
  assert.ok(bytes > 272 * MIB)
  const grown = first.peakBytes() - before
  assert.ok(grown < 96 * MIB, `it grew by ${Math.round(grown / MIB)} MiB for 256`)
})

test("a full disk is told, keeps what is whole, and nothing that is not", {
  skip: process.getuid?.() === 0 ? false : "needs root, to make a small disk",
}, async (context) => {
  const { first, place } = await opened(context, { diskMiB: 40 })
  const url = `${first.address}/api/v1`
  const early = await sendJson("POST", `${url}/uploads`, { place, name: "a", sizeBytes: 100 * MIB })
  assert.deepEqual([early.status, early.body.code], [507, "STORE_FULL"])
  assert.equal((await send("PUT", `${url}/places/${place}/files/fits`, noise(0, 10))).status, 200)
  const whole = await send("PUT", `${url}/places/${place}/files/whole`, noise(0, 64))
  assert.deepEqual([whole.status, whole.body.code], [507, "STORE_FULL"])
  const { body: upload } = await sendJson("POST", `${url}/uploads`, { place, name: "b" })
  const part = await send("PUT", `${url}/uploads/${upload.id}/chunks/0`, noise(100 * MIB, 164))
  assert.deepEqual([part.status, part.body.code], [507, "STORE_FULL"])
  const { body: kept } = await send("GET", `${url}/uploads/${upload.id}`)
  assert.ok(
    kept.receivedBytes >= 16 * MIB && kept.receivedBytes < 30 * MIB,
    "what was durable by then can be gone on from",
  )
  const { body: files } = await send("GET", `${url}/places/${place}/files`)
  assert.deepEqual(
    files.items.map((file: { name: string }) => file.name),
    ["fits"],
  )
  assert.equal((await send("DELETE", `${url}/uploads/${upload.id}`)).status, 204)
  assert.equal(
    (await send("PUT", `${url}/places/${place}/files/again`, noise(0, 20))).status,
    200,
    "there is room again",
  )
})
