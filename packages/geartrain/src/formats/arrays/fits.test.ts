import assert from "node:assert/strict"
import { test } from "node:test"
import { file, fits, means } from "../../../test/formats/sample-files.ts"
import { UnfitFile } from "../unfit-file.ts"
import { FITS } from "./fits.ts"

const BLOCK_BYTES = 2880

/** A part of a file by its cards, with its data filled up to whole blocks. */
function part(cards: readonly string[], data: Uint8Array = Buffer.alloc(0)): Buffer {
  const header = [...cards, "END"].map((card) => card.padEnd(80)).join("")
  const fill = (bytes: number): number => Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES
  return Buffer.concat([
    Buffer.from(header.padEnd(fill(header.length))),
    data,
    Buffer.alloc(fill(data.length) - data.length),
  ])
}

const FIRST = part([
  "SIMPLE  =                    T",
  "BITPIX  =                    8",
  "NAXIS   =                    0",
])

function table(rows: Uint8Array, extra: readonly string[] = []): Buffer {
  const cards = ["XTENSION= 'BINTABLE'", "BITPIX  = 8", "NAXIS   = 2", "NAXIS1  = 4", `NAXIS2  = ${rows.length / 4}`]
  return part([...cards, "PCOUNT  = 0 / no heap", "GCOUNT  = 1", "TFIELDS = 1", ...extra], rows)
}

function compare(a: Uint8Array, b: Uint8Array) {
  return FITS.compare(file("a.fits", a), file("b.fits", b), means())
}

test("a file is told by its first card, to the letter", () => {
  assert.ok(FITS.fits(fits([1]), "a"))
  assert.ok(!FITS.fits(part(["SIMPLE  =                    F"]), "a.fits"))
  assert.ok(!FITS.fits(Buffer.from("SIMPLE"), "a.fits"))
})

test("cards of one name are compared in their order, and one that is missing is told as such", async () => {
  const found = await compare(
    fits([1], ["HISTORY made", "HISTORY cut", "OBJECT  = 'M31'"]),
    fits([1], ["HISTORY made", "HISTORY bent", "HISTORY cut"]),
  )
  assert.deepEqual(found.differences, [
    { place: "part 0 HISTORY", a: "cut", b: "bent" },
    { place: "part 0 HISTORY", b: "cut" },
    { place: "part 0 OBJECT", a: "= 'M31'" },
  ])
  assert.equal(found.summary, "3 cards differ; the same 1 numbers")
})

test("parts are compared one after the other, tables byte by byte, and a part too many is told", async () => {
  const rows = (last: number): Buffer => table(Buffer.from([1, 2, 3, 4, 5, 6, 7, last]))
  const found = await compare(Buffer.concat([FIRST, rows(8), table(Buffer.alloc(4))]), Buffer.concat([FIRST, rows(9)]))
  assert.deepEqual(found.differences, [{ place: "part 1 data" }, { place: "parts", a: "more", b: "fewer" }])
  const longer = await compare(Buffer.concat([FIRST, rows(8)]), Buffer.concat([FIRST, table(Buffer.alloc(12))]))
  assert.deepEqual(
    longer.differences.map(({ place }) => place),
    ["part 1 NAXIS2", "part 1 data"],
  )
})

test("the heap behind a table belongs to it: the part after it is found", async () => {
  const withHeap = (heap: number): Buffer => {
    const bytes = table(Buffer.alloc(4), ["THEAP   = 4"])
    const card = Buffer.from("PCOUNT  = 2880".padEnd(80))
    card.copy(bytes, bytes.indexOf("PCOUNT"))
    return Buffer.concat([
      FIRST,
      bytes,
      Buffer.alloc(BLOCK_BYTES, heap),
      part(["XTENSION= 'IMAGE'", "BITPIX  = 8", "NAXIS   = 0"]),
    ])
  }
  assert.equal((await compare(withHeap(7), withHeap(7))).same, true)
  assert.deepEqual((await compare(withHeap(7), withHeap(8))).differences, [{ place: "part 1 data" }])
})

test("pixels are named by their axes, the first of which runs fastest", async () => {
  const image = (last: number): Buffer =>
    part(
      ["SIMPLE  =                    T", "BITPIX  = 16 / bits", "NAXIS   = 2", "NAXIS1  = 3", "NAXIS2  = 2"],
      Buffer.from([0, 1, 0, 2, 0, 3, 0, 4, 0, last, 0, 6]),
    )
  const found = await compare(image(5), image(15))
  assert.deepEqual(found.differences, [{ place: "part 0 pixel 1,1", a: "5", b: "15" }])
  assert.deepEqual([found.numbers?.compared, found.numbers?.largestAbsolute], [6, 10])
})

test("a fill that one writer leaves out is told, and not taken for a number", async () => {
  const whole = fits([1, 2])
  const found = await compare(whole, whole.subarray(0, BLOCK_BYTES + 8))
  assert.deepEqual(found.differences, [{ place: "part 0 fill of the last block" }])
  assert.equal(found.numbers?.differing, 0)
})

test("a header without end, with something behind its end, or data that is cut short is not of the format", async () => {
  const behind = Buffer.from(FIRST)
  behind.write("x", BLOCK_BYTES - 1)
  const endless = Buffer.from(FIRST.toString("latin1").replace(/END {77}/, " ".repeat(80)), "latin1")
  const spoiled: Readonly<Record<string, Buffer>> = {
    "cut in its header": FIRST.subarray(0, 1000),
    "without end": endless,
    "with something behind its end": behind,
    "cut in its pixels": fits([1, 2]).subarray(0, BLOCK_BYTES + 6),
    "cut in its table": Buffer.concat([FIRST, table(Buffer.alloc(8))]).subarray(0, -100),
    "of a size beyond all": part([
      "SIMPLE  =                    T",
      "BITPIX  = 8",
      "NAXIS   = 1",
      "NAXIS1  = 99999999999999",
    ]),
  }
  for (const [what, bytes] of Object.entries(spoiled)) await assert.rejects(compare(bytes, bytes), UnfitFile, what)
})
