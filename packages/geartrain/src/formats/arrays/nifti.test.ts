import assert from "node:assert/strict"
import { test } from "node:test"
import { file, means, nifti } from "../../../test/formats/sample-files.ts"
import { UnfitFile } from "../unfit-file.ts"
import { NIFTI } from "./nifti.ts"

function compare(a: Buffer, b: Buffer) {
  return NIFTI.compare(file("a.nii", a), file("b.nii", b), means())
}

/** A NIfTI-2 volume of bytes, in a row. */
function nifti2(values: readonly number[], change: (header: Buffer) => void = () => undefined): Buffer {
  const header = Buffer.alloc(544)
  header.writeInt32LE(540, 0)
  header.write("n+2\0", 4, "latin1")
  header.writeInt16LE(2, 12)
  header.writeBigInt64LE(1n, 16)
  header.writeBigInt64LE(BigInt(values.length), 24)
  header.writeBigInt64LE(544n, 168)
  change(header)
  return Buffer.concat([header, Buffer.from(values)])
}

test("a volume is told by its mark and the length of its header, in either order of bytes", () => {
  const volume = nifti({ values: [1, 2, 3, 4] })
  assert.ok(NIFTI.fits(volume, "a"))
  assert.ok(NIFTI.fits(nifti({ values: [1, 2, 3, 4], bigEndian: true }), "a"))
  assert.ok(NIFTI.fits(nifti2([1]), "a"))
  const otherLength = Buffer.from(volume)
  otherLength.writeInt32LE(347, 0)
  // A header whose numbers lie in another file.
  const pair = Buffer.from(volume)
  pair.write("ni1\0", 344, "latin1")
  for (const bytes of [otherLength, pair, volume.subarray(0, 351), Buffer.alloc(0)]) assert.ok(!NIFTI.fits(bytes, "a"))
})

test("numbers are those that the slope and the intercept make of them, and a slope of nothing makes them none", async () => {
  const scaled = (values: readonly number[], slope: number): Buffer => {
    const volume = nifti({ values, slope })
    volume.writeFloatLE(10, 116)
    return volume
  }
  const found = await compare(scaled([1, 2, 3, 4], 0.5), scaled([1, 2, 3, 8], 0.5))
  assert.deepEqual(found.differences, [{ place: "voxel 1,1", a: "12", b: "14" }])
  assert.equal(found.numbers?.largestAbsolute, 2)
  assert.equal(found.onlyNumbers, true)
  for (const slope of [0, Number.NaN, Number.POSITIVE_INFINITY]) {
    const plain = await compare(scaled([1, 2, 3, 4], slope), scaled([1, 2, 3, 8], slope))
    assert.deepEqual(
      plain.differences.map(({ a, b }) => [a, b]),
      [["4", "8"]],
      String(slope),
    )
  }
})

test("NIfTI-2: fields and voxels, with sizes of 8 bytes", async () => {
  const found = await compare(
    nifti2([1, 2, 3]),
    nifti2([1, 9, 3], (header) => header.write("made later", 240, "latin1")),
  )
  assert.deepEqual(found.differences, [
    { place: "descrip", a: '""', b: '"made later"' },
    { place: "voxel 1", a: "2", b: "9" },
  ])
  assert.equal(found.onlyNumbers, undefined)
})

test("a header that is cut short, or makes no sense, is none: of either version, and wherever it is cut", async () => {
  const whole = nifti2([1])
  for (const length of [352, 400, 539]) await assert.rejects(compare(whole.subarray(0, length), whole), UnfitFile)
  const spoiled: Readonly<Record<string, Buffer>> = {
    "numbers within the header": nifti2([1], (header) => header.writeBigInt64LE(100n, 168)),
    "numbers far behind the header": nifti2([1], (header) => header.writeBigInt64LE(1n << 40n, 168)),
    "an axis of no length": nifti2([1], (header) => header.writeBigInt64LE(0n, 24)),
    "an axis of negative length": nifti2([1], (header) => header.writeBigInt64LE(-5n, 24)),
    "more voxels than there are": nifti2([1], (header) => header.writeBigInt64LE(1n << 50n, 24)),
  }
  for (const [what, bytes] of Object.entries(spoiled)) await assert.rejects(compare(bytes, bytes), UnfitFile, what)
})

test("colours and complex numbers are compared byte by byte, and what follows the voxels counts", async () => {
  const colours = (last: number): Buffer => nifti2([1, 2, last], (header) => header.writeInt16LE(128, 12))
  assert.deepEqual((await compare(colours(3), colours(4))).differences, [{ place: "data" }])
  const longer = Buffer.concat([nifti2([1, 2]), Buffer.from("x")])
  assert.deepEqual((await compare(nifti2([1, 2]), longer)).differences, [{ place: "after the numbers" }])
})
