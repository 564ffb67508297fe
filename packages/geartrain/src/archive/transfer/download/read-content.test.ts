import assert from "node:assert/strict"
import { test } from "node:test"
import type { GearClient } from "@geartrain/sdk/client"
import { readContent, type WantedFile } from "./read-content.ts"

const { signal } = new AbortController()
const TEXT = "the bytes of a file"
const FILE: WantedFile = { id: "f", name: "a.txt", version: 2, digest: "sha256:0", sizeBytes: TEXT.length }

test("a line that is cut goes on at the byte where it was, of the same version", async () => {
  const asked: (readonly [string, string | null])[] = []
  const client = clientOf((path, headers) => {
    asked.push([path, headers.get("range")])
    const start = Number(/\d+/.exec(headers.get("range") ?? "0")?.[0])
    return new Response(start === 0 ? cutAfter(TEXT.slice(0, 5)) : TEXT.slice(start), {
      status: start === 0 ? 200 : 206,
    })
  })
  assert.equal(await textOf(readContent(client, FILE, { signal })), TEXT)
  const path = "/api/v1/files/f/content?version=2"
  assert.deepEqual(asked, [
    [path, null],
    [path, "bytes=5-"],
  ])
})

test("where the range is not heeded, what is here already is left out", async () => {
  const client = clientOf(() => new Response(TEXT, { status: 200 }))
  assert.equal(await textOf(readContent(client, FILE, { start: 10, signal })), TEXT.slice(10))
})

test("more bytes than the file has are refused", async () => {
  const client = clientOf(() => new Response(`${TEXT} and more`, { status: 200 }))
  await assert.rejects(textOf(readContent(client, FILE, { signal })), { code: "BLOB_DIGEST_MISMATCH" })
})

function clientOf(answer: (path: string, headers: Headers) => Response): GearClient {
  const send = async (path: string, init: RequestInit = {}) => answer(path, new Headers(init.headers))
  return { url: "http://127.0.0.1", send, api: undefined as never }
}

/** Sends a beginning, and then nothing but the error of a cut line. */
function cutAfter(text: string): ReadableStream<Uint8Array> {
  let isSent = false
  return new ReadableStream({
    pull: (controller) => {
      if (isSent) controller.error(new TypeError("terminated"))
      else controller.enqueue(new TextEncoder().encode(text))
      isSent = true
    },
  })
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
