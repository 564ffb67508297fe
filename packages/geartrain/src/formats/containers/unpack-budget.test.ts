import assert from "node:assert/strict"
import { test } from "node:test"
import { gzipSync, zstdCompressSync } from "node:zlib"
import { file } from "../../../test/formats/sample-files.ts"
import { makeTar } from "../../../test/images/support/make-tar.ts"
import { compareFiles } from "../compare-files.ts"
import { UnpackBudget } from "./unpack-budget.ts"

const FREE_BYTES = 100_000
const ZEROS = Buffer.alloc(4_000_000)

/** Two files that differ in their last byte, made of one that is almost all zeros. */
function pair(name: string, wrap: (content: Buffer) => Buffer) {
  const [one, two] = [Buffer.from(ZEROS), Buffer.from(ZEROS)]
  two[ZEROS.length - 1] = 1
  return [file(name, wrap(one)), file(name, wrap(two))] as const
}

test("A bomb is not unpacked to its end, in whatever it is wrapped", async () => {
  const bombs = [
    pair("a.gz", (content) => gzipSync(content)),
    pair("a.zst", (content) => zstdCompressSync(content)),
    pair("a.gz.gz", (content) => gzipSync(gzipSync(content))),
    pair("a.tar.gz", (content) => gzipSync(makeTar([{ path: "zeros", body: content }]))),
  ]
  for (const [a, b] of bombs) {
    const found = await compareFiles(a, b, new UnpackBudget(FREE_BYTES))
    assert.equal(found.format, "bytes")
    assert.match(found.summary, /it unpacks to more than 100 times its size, which looks like a bomb$/)
  }
})

test("The holes of a sparse file in an archive count as unpacked", async () => {
  const sparse = (byte: string): Buffer =>
    makeTar([{ path: "s", body: byte, size: 1e12, segments: [{ offset: 1e12 - 1, length: 1 }] }])
  const found = await compareFiles(file("a.tar", sparse("x")), file("a.tar", sparse("y")), new UnpackBudget(FREE_BYTES))
  assert.match(found.summary, /^1 bytes differ, .* which looks like a bomb$/)
})

test("What unpacks to little more than its size is unpacked, however large", async () => {
  const [a, b] = pair("a.gz", (content) => gzipSync(content, { level: 0 }))
  const found = await compareFiles(a, b, new UnpackBudget(0))
  assert.equal(found.format, "gzip of bytes")
  assert.deepEqual(found.differences, [{ place: "offset 3999999", a: "00", b: "01" }])
})
