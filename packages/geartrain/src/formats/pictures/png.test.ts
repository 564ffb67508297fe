import assert from "node:assert/strict"
import { test } from "node:test"
import { encode } from "jpeg-js"
import { PNG as PngWriter } from "pngjs"
import { file, means, pixels } from "../../../test/formats/sample-files.ts"
import type { Format } from "../format.ts"
import { UnfitFile } from "../unfit-file.ts"
import { JPEG } from "./jpeg.ts"
import { PNG } from "./png.ts"

function compare(format: Format, a: Uint8Array, b: Uint8Array) {
  return format.compare(file("a", a), file("b", b), means())
}

function png(width: number, height: number, odd?: readonly number[]): Buffer {
  const picture = new PngWriter({ width, height })
  picture.data = pixels(width, height, odd)
  return PngWriter.sync.write(picture)
}

function jpeg(width: number, height: number, odd?: readonly number[]): Buffer {
  return encode({ width, height, data: pixels(width, height, odd) }, 95).data
}

test("pictures are told by their first bytes, and not by their names", () => {
  assert.ok(PNG.fits(png(1, 1), "a.jpg"))
  assert.ok(JPEG.fits(jpeg(1, 1), "a.png"))
  assert.ok(!PNG.fits(jpeg(1, 1), "a.png"))
  assert.ok(!JPEG.fits(png(1, 1), "a.jpg"))
  // The header says how large it is, and is looked at before anything is unpacked.
  assert.ok(!PNG.fits(png(1, 1).subarray(0, 32), "a.png"))
})

test("png: however it is packed, the pixels count, the transparent ones too", async () => {
  const found = await compare(PNG, png(2, 1, [1, 2, 3, 0]), png(2, 1, [1, 2, 4, 0]))
  assert.deepEqual(found.differences, [{ place: "pixel 0,0", a: "1 2 3 0", b: "1 2 4 0" }])
  assert.equal((await compare(PNG, png(2, 1), png(2, 1))).same, true)
})

test("png: one that claims more pixels than are looked into is refused before it is unpacked", async () => {
  const claim = (width: number, height: number, bits = 8): Buffer => {
    const bytes = png(1, 1)
    bytes.writeUInt32BE(width, 16)
    bytes.writeUInt32BE(height, 20)
    bytes.writeUInt8(bits, 24)
    return bytes
  }
  for (const bytes of [claim(5001, 5000), claim(0xffff_ffff, 0xffff_ffff), claim(5000, 2501, 16)])
    await assert.rejects(compare(PNG, bytes, bytes), /^Error: it has too many pixels$/)
  // One that is just small enough is refused for its checksum, which was made for another header.
  await assert.rejects(compare(PNG, claim(5000, 2500), png(1, 1)), (error) => {
    assert.ok(error instanceof UnfitFile)
    assert.doesNotMatch(error.message, /too many/)
    return true
  })
})

test("a picture that is cut short or damaged is not of its format", async () => {
  const whole = png(20, 20)
  const spoiled = Buffer.from(whole)
  spoiled.writeUInt8(spoiled.readUInt8(50) ^ 255, 50)
  for (const bytes of [whole.subarray(0, 45), spoiled]) await assert.rejects(compare(PNG, whole, bytes), UnfitFile)
  await assert.rejects(compare(JPEG, jpeg(8, 8), jpeg(8, 8).subarray(0, 100)), UnfitFile)
})

test("jpeg: pixels that differ are told, and a comment of the camera is none of them", async () => {
  const found = await compare(JPEG, jpeg(16, 8, [0, 0, 0, 255]), jpeg(16, 8, [255, 255, 255, 255]))
  assert.equal(found.same, false)
  assert.ok((found.numbers?.largestAbsolute ?? 0) > 10)
  const plain = jpeg(16, 8)
  const comment = Buffer.from([0xff, 0xfe, 0, 6, 0x6c, 0x61, 0x74, 0x65])
  const noted = Buffer.concat([plain.subarray(0, 2), comment, plain.subarray(2)])
  assert.equal((await compare(JPEG, plain, noted)).same, true)
})

test("jpeg: one that claims to be huge is refused before memory is taken for it", async () => {
  const bytes = jpeg(8, 8)
  const at = bytes.indexOf(Buffer.from([0xff, 0xc0])) + 5
  bytes.writeUInt16BE(65_500, at)
  bytes.writeUInt16BE(65_500, at + 2)
  await assert.rejects(compare(JPEG, bytes, bytes), UnfitFile)
})
