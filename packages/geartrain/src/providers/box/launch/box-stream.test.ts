import assert from "node:assert/strict"
import { once } from "node:events"
import { PassThrough } from "node:stream"
import { test } from "node:test"
import { BoxStream } from "./box-stream.ts"

async function textOf(stream: BoxStream): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of stream) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

test("who reads gets everything, and the end is remembered besides", async () => {
  const source = new PassThrough()
  const stream = new BoxStream(source)
  const reading = textOf(stream)
  source.write("a".repeat(5000))
  source.end("the end")
  assert.equal(await reading, `${"a".repeat(5000)}the end`)
  const words = await stream.lastWords()
  assert.equal(words.length, 4096)
  assert.ok(words.endsWith("athe end"))
})

test("what nobody has read is kept for whoever reads later, once", async () => {
  const source = new PassThrough()
  const stream = new BoxStream(source)
  source.end("early words")
  assert.equal(await stream.lastWords(), "early words")
  assert.equal(await textOf(stream), "early words")
  assert.equal(await textOf(stream), "")
})

test("a large piece leaves its end only", async () => {
  const source = new PassThrough()
  const stream = new BoxStream(source)
  source.end(`${"x".repeat(100_000)}last`)
  assert.equal((await stream.lastWords()).length, 4096)
})

test("what nobody reads is let go, and a reader is left to come to the end", async () => {
  const unread = new PassThrough()
  const stream = new BoxStream(unread)
  stream.abandon()
  await once(unread, "close")
  assert.equal(await textOf(stream), "")
  await stream.closed

  const read = new PassThrough()
  const busy = new BoxStream(read)
  const reading = textOf(busy)
  read.write("still ")
  busy.abandon()
  read.end("here")
  assert.equal(await reading, "still here")
})

test("the last words of one who goes on printing are waited for, but not for ever", async () => {
  const source = new PassThrough()
  const stream = new BoxStream(source)
  source.write("so far")
  assert.equal(await stream.lastWords(), "so far")
  stream.destroy()
})
