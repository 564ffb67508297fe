import assert from "node:assert/strict"
import { test } from "node:test"
import { comparePictures, type Picture } from "./compare-pictures.ts"

function picture(width: number, channels: readonly number[], channelBits: 8 | 16 = 8): Picture {
  const pixels = channelBits === 8 ? Uint8Array.from(channels) : Uint16Array.from(channels)
  return { width, height: channels.length / 4 / width, channelBits, pixels }
}

test("a pixel is one difference, whichever of its channels differ, and told by column and row", () => {
  const a = picture(2, [0, 0, 0, 255, 1, 1, 1, 255, 2, 2, 2, 255, 3, 3, 3, 255])
  const b = picture(2, [0, 0, 0, 255, 1, 1, 1, 254, 2, 2, 2, 255, 9, 3, 5, 255])
  const found = comparePictures("png", a, b)
  assert.deepEqual(found.differences, [
    { place: "pixel 1,0", a: "1 1 1 255", b: "1 1 1 254" },
    { place: "pixel 1,1", a: "3 3 3 255", b: "9 3 5 255" },
  ])
  assert.equal(
    found.summary,
    "2 of 4 pixels differ; of their channels, 3 of 16 numbers differ, by 6 at most (relative 0.6667)",
  )
})

test("equal pictures are told with their size", () => {
  const one = picture(1, [1, 2, 3, 4, 5, 6, 7, 8])
  const found = comparePictures("jpeg", one, picture(1, [1, 2, 3, 4, 5, 6, 7, 8]))
  assert.deepEqual([found.format, found.same, found.summary], ["jpeg", true, "the same 1 × 2 pixels"])
})

test("pictures of other sizes or depths are not compared pixel by pixel", () => {
  const wide = comparePictures("png", picture(2, [0, 0, 0, 0, 0, 0, 0, 0]), picture(1, [0, 0, 0, 0, 0, 0, 0, 0]))
  assert.deepEqual(wide.differences, [{ place: "size", a: "2 × 1", b: "1 × 2" }])
  const deep = comparePictures("png", picture(1, [0, 0, 0, 0]), picture(1, [0, 0, 0, 0], 16))
  assert.deepEqual(deep.differences, [{ place: "bits of a channel", a: "8", b: "16" }])
  assert.deepEqual([wide.numbers, deep.same], [undefined, false])
})
