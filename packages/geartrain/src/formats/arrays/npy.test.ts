import assert from "node:assert/strict"
import { test } from "node:test"
import { file, means, npy } from "../../../test/formats/sample-files.ts"
import { UnfitFile } from "../unfit-file.ts"
import { NPY } from "./npy.ts"

/** An array by the words of its header, whatever they are. */
function array(words: string | Uint8Array, data: Uint8Array, version = 1): Buffer {
  const header = Buffer.from(words as Uint8Array)
  const length = Buffer.alloc(version === 1 ? 2 : 4)
  length.writeUIntLE(header.length, 0, length.length)
  return Buffer.concat([Buffer.from(`\x93NUMPY${String.fromCharCode(version)}\0`, "latin1"), length, header, data])
}

function words(descr: string, shape: string, fortran = "False"): string {
  return `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': (${shape}), }\n`
}

function compare(a: Uint8Array, b: Uint8Array) {
  return NPY.compare(file("a.npy", a), file("b.npy", b), means())
}

test("an array is told by its mark, and a file that is nothing but the mark is none", () => {
  assert.ok(NPY.fits(npy([[1]]), "anything"))
  assert.ok(!NPY.fits(npy([[1]]).subarray(0, 9), "a.npy"))
  assert.ok(!NPY.fits(Buffer.from("NUMPY and more than ten bytes"), "a.npy"))
})

test("numbers of every order of bytes and size are read as what they are", async () => {
  const cases = [
    ["'<i2'", [1, 0, 2, 0], [1, 0, 3, 0], "2", "3"],
    ["'>i2'", [0, 1, 0, 2], [0, 1, 0, 3], "2", "3"],
    ["'|u1'", [1, 200], [1, 201], "200", "201"],
    ["'|b1'", [1, 0], [1, 1], "0", "1"],
    ["'<f2'", [0, 0x3c, 0, 0x40], [0, 0x3c, 0, 0x44], "2", "4"],
  ] as const
  for (const [descr, one, two, a, b] of cases) {
    const found = await compare(
      array(words(descr, "2,"), Buffer.from(one)),
      array(words(descr, "2,"), Buffer.from(two)),
    )
    assert.deepEqual(found.differences, [{ place: "[1]", a, b }], descr)
    assert.equal(found.onlyNumbers, true)
  }
})

test("integers of eight bytes differ in their last digit", async () => {
  const of = (value: bigint): Buffer => array(words("'<i8'", ""), Buffer.from(BigInt64Array.of(value).buffer))
  const found = await compare(of(9_007_199_254_740_993n), of(9_007_199_254_740_992n))
  assert.deepEqual([found.differences[0]?.a, found.numbers?.differing], ["9007199254740993", 1])
})

test("the header is compared word by word, and arrays of other lengths by their bytes", async () => {
  const found = await compare(
    array(words("'|u1'", "2, 3"), Buffer.alloc(6)),
    array(words("'|u1'", "3, 2"), Buffer.alloc(6)),
  )
  assert.deepEqual(found.differences, [{ place: "shape", a: "2 × 3", b: "3 × 2" }])
  assert.equal(found.summary, "1 fields of the header differ; the same 6 numbers")
  const longer = await compare(
    array(words("'|u1'", "2,"), Buffer.alloc(2)),
    array(words("'|u1'", "3,"), Buffer.alloc(3)),
  )
  assert.deepEqual(longer.differences, [{ place: "shape", a: "2", b: "3" }, { place: "data" }])
})

test("records are compared with the names of their fields, whatever letters those are of", async () => {
  const record = (letter: number, version: number): Buffer =>
    array(
      Buffer.concat([
        Buffer.from("{'descr': [('"),
        Buffer.from([letter]),
        Buffer.from(`', '<f8')], ${words("", "1,").slice(11)}`),
      ]),
      Buffer.alloc(8),
      version,
    )
  // Neither is UTF-8; of a version that wants it, they are no arrays.
  assert.equal((await compare(record(0xff, 1), record(0xff, 1))).same, true)
  assert.equal((await compare(record(0xff, 1), record(0xfe, 1))).same, false)
  await assert.rejects(compare(record(0xff, 3), record(0xfe, 3)), UnfitFile)
})

test("a header that is cut short, too long, of no known version or not of an array is none", async () => {
  const good = array(words("'|u1'", "2,"), Buffer.alloc(2))
  const tooLong = array("", Buffer.alloc(0), 2)
  tooLong.writeUInt32LE(1024 * 1024 + 1, 8)
  const spoiled: Readonly<Record<string, Buffer>> = {
    "cut in its head": good.subarray(0, 7),
    "cut in its words": good.subarray(0, 40),
    "too long": tooLong,
    "of version 4": array(words("'|u1'", "2,"), Buffer.alloc(2), 4),
    "without a shape": array("{'descr': '|u1', 'fortran_order': False}", Buffer.alloc(2)),
    "without an order": array("{'descr': '|u1', 'shape': (2,)}", Buffer.alloc(2)),
    "of negative shape": array(words("'|u1'", "-2,"), Buffer.alloc(2)),
    "of a shape of words": array(words("'|u1'", "two,"), Buffer.alloc(2)),
    "with fewer numbers than it says": array(words("'|u1'", "3,"), Buffer.alloc(2)),
  }
  for (const [what, bytes] of Object.entries(spoiled)) await assert.rejects(compare(bytes, bytes), UnfitFile, what)
})
