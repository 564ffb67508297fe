import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, readdir, rm } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { openClient } from "@geartrain/sdk/client"
import type { Digest } from "@geartrain/spec"
import { withServerBlobs } from "./server-blobs.ts"
import { StoredPlaces } from "./stored-places.ts"

const DIGEST: Digest = `sha256:${"0".repeat(64)}`

test("what a process that was killed had fetched goes when the next one writes there", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-lent-"))
  context.after(() => rm(folder, { recursive: true, force: true }))
  // It gives the beginning of a file, and never the rest.
  const server = createServer((_, response) => void response.writeHead(200).write("half"))
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const modules = JSON.stringify(import.meta.dirname)
  const script = `const { withServerBlobs } = await import(${modules} + "/server-blobs.ts")
    const { StoredPlaces } = await import(${modules} + "/stored-places.ts")
    const { openClient } = await import(${JSON.stringify(import.meta.resolve("@geartrain/sdk/client"))})
    const places = new StoredPlaces()
    places.noteFile("${DIGEST}", "0".repeat(24))
    const source = { client: openClient({ url: "${url}" }), places, sizes: new Map([["${DIGEST}", 8]]),
      engine: { blobs: { locate: async () => undefined } }, signal: new AbortController().signal }
    await withServerBlobs(source, ${JSON.stringify(folder)}, (blobs) => blobs.locate("${DIGEST}"))`
  const other = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "ignore", "inherit"],
  })
  context.after(() => other.kill("SIGKILL"))
  const closed = once(other, "close")
  await once(server, "request")
  other.kill("SIGKILL")
  await closed
  const [left = "", ...more] = await readdir(folder)
  assert.deepEqual(more, [])
  assert.match(left, new RegExp(`^\\.gear-${other.pid}@`))
  assert.equal((await readdir(join(folder, left))).length, 1, "the beginning of the file")
  const source = {
    ...{ client: openClient({ url }), places: new StoredPlaces(), sizes: new Map() },
    ...{ engine: { blobs: { locate: async () => undefined } }, signal: new AbortController().signal },
  }
  const during = await withServerBlobs(source, folder, () => readdir(folder))
  assert.match(during.join(), new RegExp(`^\\.gear-${process.pid}@[^,]+$`))
  assert.deepEqual(await readdir(folder), [])
})
