import assert from "node:assert/strict"
import { test } from "node:test"
import type { Tolerance } from "@geartrain/spec"
import fc from "fast-check"
import { compareTexts, unusablePattern } from "./compare-texts.ts"

function isEquivalent(a: string, b: string, tolerance: Tolerance = {}): boolean {
  return compareTexts(a, b, tolerance).equivalent
}

test("without a tolerance every character of every line counts, and how lines end does not", () => {
  assert.equal(isEquivalent("a\nb\n", "a\nb\n"), true)
  assert.equal(isEquivalent("a\r\nb", "a\nb\n"), true)
  assert.equal(isEquivalent("a\nb\n", "a\nb \n"), false)
  assert.equal(isEquivalent("a\nb\n", "b\na\n"), false)
  assert.equal(isEquivalent("1.0\n", "1.00\n"), false)
  assert.equal(isEquivalent("a\n\n", "a\n"), false)
})

test("numbers may differ by the absolute or the relative amount, at its bound too, and nothing else may", () => {
  assert.equal(isEquivalent("x 10", "x 10.5", { numbers: { absolute: 0.5 } }), true)
  assert.equal(isEquivalent("x 10", "x 10.6", { numbers: { absolute: 0.5 } }), false)
  assert.equal(isEquivalent("x 100", "x 101", { numbers: { relative: 0.01 } }), true)
  assert.equal(isEquivalent("x 100", "x 102", { numbers: { relative: 0.01 } }), false)
  assert.equal(isEquivalent("x 1e-3", "x 0.001", { numbers: { absolute: 0 } }), true)
  assert.equal(isEquivalent("x 1", "y 1", { numbers: { absolute: 5 } }), false)
  assert.equal(isEquivalent("x 1", "x 1 1", { numbers: { absolute: 5 } }), false)
  assert.equal(isEquivalent("1e999", "1e998", { numbers: { relative: 1 } }), false)
})

test("digits that are part of a name are no numbers", () => {
  assert.equal(isEquivalent("chr1", "chr2", { numbers: { absolute: 5 } }), false)
  assert.equal(isEquivalent("1.2.3", "1.2.4", { numbers: { absolute: 5 } }), false)
  assert.equal(isEquivalent("a,-1,b", "a,1,b", { numbers: { absolute: 2 } }), true)
})

test("ignored lines do not count, whichever side has them and however many", () => {
  const ignore = { ignore: ["^##", "made at"] }
  assert.equal(isEquivalent("##date=1\nx\n", "##date=2\n##more\nx\n", ignore), true)
  assert.equal(isEquivalent("x\nmade at noon\n", "x\n", ignore), true)
  assert.equal(isEquivalent("x\n#y\n", "x\n", ignore), false)
})

test("in any order, each line has to have its own like", () => {
  assert.equal(isEquivalent("a\nb\na\n", "b\na\na\n", { order: "any" }), true)
  assert.equal(isEquivalent("a\nb\nb\n", "b\na\na\n", { order: "any" }), false)
  assert.equal(isEquivalent("a 1\nb 2\n", "b 2.1\na 0.9\n", { order: "any", numbers: { absolute: 0.2 } }), true)
  assert.equal(isEquivalent("a 1\na 2\n", "a 1\na 1\n", { order: "any", numbers: { absolute: 0.2 } }), false)
})

test("what differs is told by line, the first of it, and all of it is counted", () => {
  const many = Array.from({ length: 30 }, (_, index) => `line ${index}`).join("\n")
  const { differences, total } = compareTexts(`same\n${many}`, "same\nother\n", {})
  assert.equal(total, 30)
  assert.equal(differences.length, 10)
  assert.deepEqual(differences[0], { line: 2, expected: "line 0", found: "other" })
  assert.deepEqual(compareTexts("", "new\n", {}).differences, [{ line: 1, found: "new" }])
})

test("a pattern that cannot be used is told before, and one that would take for ever ends", () => {
  assert.match(unusablePattern("(a") ?? "", /without \)/)
  assert.equal(unusablePattern("^#"), undefined)
  assert.throws(() => compareTexts("a", "b", { ignore: ["(a"] }), RangeError)
  assert.equal(isEquivalent("a".repeat(3000), "b", { ignore: ["(a+)+$"] }), false)
})

test("any text is equivalent to itself, and in any order to its lines in reverse", () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-c0-9 .-]{0,8}$/)), (lines) => {
      const numbers = { absolute: 0.1, relative: 0.1 }
      assert.equal(isEquivalent(lines.join("\n"), lines.join("\n"), { numbers }), true)
      const ended = (list: readonly string[]): string => list.map((line) => `${line}\n`).join("")
      assert.equal(isEquivalent(ended(lines), ended(lines.toReversed()), { order: "any", numbers }), true)
    }),
  )
})
