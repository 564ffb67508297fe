import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { isLong, type NumberType, viewNumbers } from "./number-type.ts"

const KINDS: readonly (readonly [
  NumberType["kind"],
  NumberType["bytes"],
  (view: DataView, at: number, little: boolean) => number | bigint,
])[] = [
  ["int", 1, (view, at) => view.getInt8(at)],
  ["uint", 1, (view, at) => view.getUint8(at)],
  ["int", 2, (view, at, little) => view.getInt16(at, little)],
  ["uint", 2, (view, at, little) => view.getUint16(at, little)],
  ["int", 4, (view, at, little) => view.getInt32(at, little)],
  ["uint", 4, (view, at, little) => view.getUint32(at, little)],
  ["int", 8, (view, at, little) => view.getBigInt64(at, little)],
  ["uint", 8, (view, at, little) => view.getBigUint64(at, little)],
  ["float", 2, (view, at, little) => view.getFloat16(at, little)],
  ["float", 4, (view, at, little) => view.getFloat32(at, little)],
  ["float", 8, (view, at, little) => view.getFloat64(at, little)],
]

test("numbers of every type are read in either order of bytes, wherever the piece lies in memory, and the piece stays as it was", () => {
  const pieces = fc.record({
    bytes: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    shift: fc.integer({ min: 0, max: 7 }),
  })
  for (const [kind, bytes, read] of KINDS) {
    fc.assert(
      fc.property(pieces, fc.constantFrom("little", "big"), (given, endian) => {
        const memory = new Uint8Array(48)
        memory.set(given.bytes, given.shift)
        const piece = memory.subarray(given.shift, given.shift + 32)
        const numbers = viewNumbers(piece, { kind, bytes, endian })
        const view = new DataView(piece.buffer, piece.byteOffset, piece.length)
        const wanted = Array.from({ length: 32 / bytes }, (_, index) => read(view, index * bytes, endian === "little"))
        assert.deepEqual(Array.from<number | bigint>(numbers), wanted)
        assert.deepEqual(piece, Uint8Array.from(given.bytes))
        assert.equal(isLong(numbers), bytes === 8 && kind !== "float")
      }),
      { numRuns: 30 },
    )
  }
})

test("a type that no file has is refused", () => {
  assert.throws(() => viewNumbers(new Uint8Array(2), { kind: "float", bytes: 1, endian: "big" }), RangeError)
})
