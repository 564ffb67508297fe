import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { UnfitFile } from "../unfit-file.ts"
import { linesOf } from "./lines.ts"
import { readWhole } from "./read-whole.ts"

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function allLines(chunks: AsyncIterable<Uint8Array>): Promise<readonly string[]> {
  const lines: string[] = []
  for await (const line of linesOf(chunks)) lines.push(line)
  return lines
}

test("lines are those of the text, wherever the pieces end, within a letter too", async () => {
  const texts = fc
    .array(fc.constantFrom("a", "é", "😀", "\n", "\r", "\0"), { maxLength: 30 })
    .map((parts) => parts.join(""))
  await fc.assert(
    fc.asyncProperty(texts, fc.integer({ min: 1, max: 5 }), async (text, size) => {
      const lines = await allLines(inPieces(Buffer.from(text), size))
      const wanted = text.split("\n")
      assert.deepEqual(lines, wanted.at(-1) === "" ? wanted.slice(0, -1) : wanted)
    }),
  )
})

test("a line that no text has is refused, and not gathered for ever", async () => {
  let given = 0
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      given += 1
      yield Buffer.alloc(1024 * 1024, "x")
    }
  }
  await assert.rejects(allLines(endless()), UnfitFile)
  assert.ok(given < 20, `${given} MiB were read`)
})

test("a file that has to be in memory is there whole, or refused as soon as it is too long", async () => {
  const bytes = Buffer.from("0123456789")
  assert.deepEqual(Buffer.from(await readWhole(inPieces(bytes, 3), 10)), bytes)
  assert.deepEqual(await readWhole(inPieces(Buffer.alloc(0), 1), 10), Buffer.alloc(0))
  let given = 0
  const counted = (async function* () {
    for await (const piece of inPieces(bytes, 3)) {
      given += 1
      yield piece
    }
  })()
  await assert.rejects(readWhole(counted, 5), UnfitFile)
  assert.equal(given, 2)
})
