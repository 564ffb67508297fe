import assert from "node:assert/strict"
import { test } from "node:test"
import { gzipSync, zstdCompressSync } from "node:zlib"
import { file, means } from "../../../test/formats/sample-files.ts"
import { UnfitFile } from "../unfit-file.ts"
import { GZIP } from "./gzip.ts"
import { UnpackBudget } from "./unpack-budget.ts"
import { ZSTD } from "./zstd.ts"

interface Head {
  readonly seconds?: number
  readonly name?: string
  readonly extra?: string
  readonly system?: number
}

/** A member of gzip with all that its header may say. */
function packed(text: string, { seconds = 0, name, extra, system = 3 }: Head = {}): Buffer {
  const plain = gzipSync(text)
  plain.writeUInt32LE(seconds, 4)
  plain.writeUInt8(system, 9)
  plain.writeUInt8((extra === undefined ? 0 : 4) + (name === undefined ? 0 : 8), 3)
  const length = Buffer.from([extra?.length ?? 0, 0])
  return Buffer.concat([
    plain.subarray(0, 10),
    ...(extra === undefined ? [] : [length, Buffer.from(extra)]),
    ...(name === undefined ? [] : [Buffer.from(`${name}\0`, "latin1")]),
    plain.subarray(10),
  ])
}

test("gzip: what the compressor wrote is told before the content, and does not count", async () => {
  const a = packed("text\n", { seconds: 86_400, name: "one.txt", extra: "n\0ot a name" })
  const b = packed("text\n", { name: "two.txt", system: 255 })
  const found = await GZIP.compare(file("a.gz", a), file("b.gz", b), means())
  assert.deepEqual(found.differences, [
    { place: "gzip time", a: "1970-01-02T00:00:00.000Z", b: "none" },
    { place: "gzip name", a: "one.txt", b: "two.txt" },
    { place: "gzip system", a: "3", b: "255" },
  ])
  assert.equal(found.same, true)
  assert.match(found.summary, /; of the compression, time, name, system differ$/)
})

test("gzip: a name that does not end, and an extra field longer than the head, are none", async () => {
  const endless = packed("text\n", { name: "n".repeat(2000) })
  const long = packed("text\n")
  long.writeUInt8(4, 3)
  const [one, two] = [file("a.txt.gz", endless), file("b.txt.gz", packed("text\n"))]
  assert.deepEqual((await GZIP.compare(one, two, means())).differences, [])
  // Its content cannot be read either: no error but that of a file that is not fit.
  await assert.rejects(GZIP.compare(two, file("c.gz", long), means()), UnfitFile)
})

test("gzip and zstd: the content is compared by its own format, which its name tells without the packing's ending", async () => {
  const [one, two] = ['{"v": 1}', '{"v": 2}']
  for (const ending of ["gz", "GZ", "bgz"]) {
    const found = await GZIP.compare(
      file(`a.json.${ending}`, packed(one)),
      file(`b.json.${ending}`, packed(two)),
      means(),
    )
    assert.deepEqual([found.format, found.differences], ["gzip of json", [{ place: "$.v", a: "1", b: "2" }]])
  }
  for (const ending of ["zst", "zstd", "ZST"]) {
    const [a, b] = [file(`a.json.${ending}`, zstdCompressSync(one)), file(`b.json.${ending}`, zstdCompressSync(two))]
    const found = await ZSTD.compare(a, b, means())
    assert.deepEqual([found.format, found.differences], ["zstd of json", [{ place: "$.v", a: "1", b: "2" }]])
  }
})

test("zstd: is told by its mark; damaged, cut short or far too much is not of the format, and says why", async () => {
  const whole = zstdCompressSync("text\n".repeat(1000))
  assert.ok(ZSTD.fits(whole, "a"))
  assert.ok(!ZSTD.fits(whole.subarray(0, 8), "a.zst"))
  assert.ok(!ZSTD.fits(gzipSync("text"), "a.zst"))
  const spoiled = Buffer.concat([whole.subarray(0, 9), Buffer.alloc(20, 255)])
  for (const bytes of [whole.subarray(0, -4), spoiled]) {
    await assert.rejects(ZSTD.compare(file("a.zst", whole), file("b.zst", bytes), means()), (error) => {
      assert.ok(error instanceof UnfitFile)
      assert.doesNotMatch(error.message, /Cannot read image/)
      return true
    })
  }
  const little = new UnpackBudget(100)
  await assert.rejects(ZSTD.compare(file("a.zst", whole), file("b.zst", whole), means(little)), /looks like a bomb/)
})
