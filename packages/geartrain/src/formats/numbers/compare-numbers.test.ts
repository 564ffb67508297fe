import assert from "node:assert/strict"
import { test } from "node:test"
import { Findings } from "../file-comparison.ts"
import { ByteReader } from "../streams/byte-reader.ts"
import { UnfitFile } from "../unfit-file.ts"
import { compareNumbers, comparePortion } from "./compare-numbers.ts"
import { NumberTally } from "./number-tally.ts"

const INT16 = { kind: "int", bytes: 2, endian: "little" } as const

/** Hands the bytes out in pieces that have nothing to do with numbers. */
function reader(bytes: Uint8Array, sizes: readonly number[]): ByteReader {
  return new ByteReader(
    (async function* () {
      for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1
        yield bytes.slice(at, at + size)
        at += size
      }
    })(),
  )
}

function compare(a: readonly number[], b: readonly number[], count = a.length) {
  const findings = new Findings(3)
  const [left, right] = [Int16Array.from(a), Int16Array.from(b)].map((numbers) => new Uint8Array(numbers.buffer))
  const block = { type: INT16, count, nameOf: (index: number) => `[${index}]` }
  return compareNumbers(reader(left ?? new Uint8Array(), [3, 1, 5]), reader(right ?? new Uint8Array(), [2, 7]), {
    block,
    findings,
  }).then(({ errors }) => ({ errors, findings }))
}

test("numbers are compared in step, however the files come in pieces", async () => {
  const numbers = Array.from({ length: 100 }, (_, index) => index)
  const { errors, findings } = await compare(numbers, numbers.with(50, 57).with(99, 0))
  assert.deepEqual([errors.compared, errors.differing, errors.largestAbsolute], [100, 2, 99])
  assert.deepEqual(findings.kept, [
    { place: "[50]", a: "50", b: "57" },
    { place: "[99]", a: "99", b: "0" },
  ])
})

test("the first that differ are named, and all are counted and measured", async () => {
  const { errors, findings } = await compare([1, 2, 3, 4, 5], [2, 3, 4, 5, 50])
  assert.deepEqual([findings.kept.length, findings.count, errors.differing, errors.largestAbsolute], [3, 5, 5, 45])
})

test("numbers after those that were asked for are left for whoever reads on", async () => {
  const { errors } = await compare([1, 2, 3], [1, 2, 9], 2)
  assert.deepEqual([errors.compared, errors.differing], [2, 0])
})

test("a file that ends before its numbers is not of its format", async () => {
  await assert.rejects(compare([1, 2], [1, 2], 3), UnfitFile)
  await assert.rejects(compare([1, 2, 3], [1, 2]), UnfitFile)
})

test("numbers of two types are never compared", () => {
  const portion = {
    scaling: { scale: 1, offset: 0 },
    tally: new NumberTally(),
    findings: new Findings(),
    nameOf: String,
  }
  assert.throws(() => comparePortion([Int8Array.of(1), BigInt64Array.of(1n)], portion), RangeError)
})
