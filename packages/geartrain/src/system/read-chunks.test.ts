import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { readChunks, readLines } from "./read-chunks.ts"

const folder = mkdtempSync(join(tmpdir(), "geartrain-chunks-"))
after(() => rmSync(folder, { recursive: true }))
const path = join(folder, "file")
const content = Buffer.from(Array.from({ length: 10_000 }, (_, index) => index % 251))
writeFileSync(path, content)

test("a file, or a part of it, comes whole, whether its buffers are used again or not", async () => {
  for (const buffers of ["reused", "fresh"] as const) {
    for (const [start, end] of [
      [0, 10_000],
      [0, 20_000],
      [5, 6],
      [999, 5001],
      [10_000, 10_000],
      [20_000, 30_000],
      [7, 7],
    ] as const) {
      for (const chunkBytes of [1, 997, 50_000]) {
        if (chunkBytes === 1 && end - start > 100) continue
        const copies: Buffer[] = []
        for await (const chunk of readChunks(path, { start, end, chunkBytes, buffers })) copies.push(Buffer.from(chunk))
        assert.ok(
          Buffer.concat(copies).equals(content.subarray(start, end)),
          `${buffers} ${start} ${end} ${chunkBytes}`,
        )
      }
    }
  }
})

test("chunks that are fresh stay as they are", async () => {
  const chunks: Buffer[] = []
  for await (const chunk of readChunks(path, { chunkBytes: 100 })) chunks.push(chunk)
  assert.ok(Buffer.concat(chunks).equals(content))
})

test("a reader may stop in the middle, and be cancelled", async () => {
  for await (const _ of readChunks(path, { chunkBytes: 10 })) break
  const cancel = new AbortController()
  await assert.rejects(async () => {
    for await (const _ of readChunks(path, { chunkBytes: 10, signal: cancel.signal }))
      cancel.abort(new RangeError("enough"))
  }, RangeError)
})

test("a file that is not there is an error at the first chunk", async () => {
  await assert.rejects(readChunks(join(folder, "none")).next(), { code: "ENOENT" })
})

test("lines come whole however they lie in the chunks, and one that is too long is not collected", async () => {
  const lines = ["", "short", "ä".repeat(700_000), "x".repeat(1024 * 1024 - 1), "", "y".repeat(2_500_000), "last"]
  const linesOf = async (text: string, longestBytes = 10_000_000): Promise<readonly string[]> => {
    const file = join(folder, "lines")
    writeFileSync(file, text)
    const found: string[] = []
    for await (const line of readLines(file, { longestBytes, tooLong: () => new RangeError("long") })) found.push(line)
    return found
  }
  assert.deepEqual(await linesOf(lines.join("\n")), [...lines.slice(0, -1).map((line) => `${line}\n`), "last"])
  assert.deepEqual([await linesOf(""), await linesOf("a\n"), await linesOf("\n")], [[], ["a\n"], ["\n"]])
  for (const text of ["x".repeat(101), `${"x".repeat(101)}\nok`, "z".repeat(3_000_000)])
    await assert.rejects(linesOf(text, 100), RangeError)
  assert.equal((await linesOf("x".repeat(100), 100)).length, 1)
})
