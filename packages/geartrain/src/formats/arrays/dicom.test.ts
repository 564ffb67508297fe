import assert from "node:assert/strict"
import { test } from "node:test"
import { dicom, file, means } from "../../../test/formats/sample-files.ts"
import { UnfitFile } from "../unfit-file.ts"
import { DICOM } from "./dicom.ts"

function compare(a: Uint8Array, b: Uint8Array) {
  return DICOM.compare(file("a.dcm", a), file("b.dcm", b), means())
}

/** Changes the value of a short element of the sample: whether its pixels have a sign. */
function withSign(sign: number, values: readonly number[] = [1, 2]): Buffer {
  const bytes = dicom("Doe^J", values)
  bytes.writeUInt16LE(sign, bytes.indexOf(Buffer.from([0x28, 0, 3, 1])) + 8)
  return bytes
}

test("an image is told by the mark behind its preamble, which itself says nothing", async () => {
  const image = dicom("Doe^J", [1, 2])
  assert.ok(DICOM.fits(image, "anything"))
  assert.ok(!DICOM.fits(image.subarray(0, 130), "a.dcm"))
  const other = Buffer.from(image)
  other.write("TIFF", 0)
  assert.equal((await compare(image, other)).same, true)
})

test("what a text is filled up with says nothing, in a number it does", async () => {
  const padded = dicom("Doe^J ", [1, 2])
  const zero = Buffer.from(padded)
  zero.writeUInt8(0, zero.indexOf("Doe^J ") + 5)
  assert.equal((await compare(padded, zero)).same, true)
  // As bytes these numbers are NUL and blanks, and letters with such behind.
  for (const [a, b] of [
    [0, 32],
    [0, 0x2020],
    [0x41, 0x2041],
  ] as const) {
    const found = await compare(withSign(a), withSign(b))
    assert.deepEqual(
      found.differences.map(({ place }) => place),
      ["(0028,0103)"],
      `${a} and ${b}`,
    )
  }
})

test("an element that only one has, and one of another kind, are told", async () => {
  const image = dicom("Doe^J ", [1, 2])
  const renamed = Buffer.from(image)
  renamed.write("LO", renamed.indexOf("PN"))
  assert.deepEqual((await compare(image, renamed)).differences, [{ place: "(0010,0010) kind", a: "PN", b: "LO" }])
  const other = Buffer.from(image)
  other.writeUInt16LE(0x20, other.indexOf("PN") - 2)
  assert.deepEqual((await compare(image, other)).differences, [
    { place: "(0010,0010)", a: '"Doe^J"' },
    { place: "(0010,0020)", b: '"Doe^J"' },
  ])
})

test("a long value is shown by its length and digest", async () => {
  const [one, two] = [dicom("a".repeat(1026), [1]), dicom("b".repeat(1026), [1])]
  const { differences } = await compare(one, two)
  assert.match(String(differences[0]?.a), /^1026 bytes, sha256:[0-9a-f]{64}$/)
  assert.notEqual(differences[0]?.a, differences[0]?.b)
})

test("pixels are numbers with or without a sign, as the image says", async () => {
  const unsigned = await compare(withSign(0, [1, 0]), withSign(0, [1, 65_535]))
  assert.deepEqual(unsigned.differences, [{ place: "pixel 1", a: "0", b: "65535" }])
  const signed = await compare(withSign(1, [1, 0]), withSign(1, [1, 65_535]))
  assert.deepEqual(signed.differences, [{ place: "pixel 1", a: "0", b: "-1" }])
  assert.equal(signed.numbers?.largestAbsolute, 1)
})

test("pixels of another number, or not of whole numbers, are compared as bytes to the last", async () => {
  const fewer = await compare(dicom("A ", [1, 2]), dicom("A ", [1, 2, 3]))
  assert.deepEqual(fewer.differences, [{ place: "pixels", a: "4 bytes", b: "6 bytes" }])
  const odd = (last: number): Buffer => {
    const bytes = Buffer.concat([dicom("A ", [1, 2]), Buffer.from([last])])
    bytes.writeUInt32LE(5, bytes.indexOf("OW") + 4)
    return bytes
  }
  assert.deepEqual((await compare(odd(1), odd(2))).differences, [{ place: "pixels", a: "5 bytes", b: "5 bytes" }])
})

test("what cannot be read as elements is not of the format", async () => {
  const image = dicom("Doe^J ", [1, 2])
  await assert.rejects(compare(image, image.subarray(0, -3)), UnfitFile)
  await assert.rejects(compare(Buffer.concat([Buffer.alloc(128), Buffer.from("DICM")]), image), UnfitFile)
})
