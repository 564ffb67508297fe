import assert from "node:assert/strict"
import { test } from "node:test"
import type { LintFinding, LintPlace } from "@geartrain/spec"
import { createPaint } from "../output/paint.ts"
import { findingLines } from "./finding-lines.ts"

function lines(place: Partial<LintPlace>, text?: string, columns = 80): readonly string[] {
  const finding: LintFinding = {
    rule: "manifest/default",
    severity: "error",
    place: { file: "manifest.json", ...place },
    message: "the default is of another type",
    fix: "Write 104",
  }
  const texts = new Map(text === undefined ? [] : [["manifest.json", text]])
  return findingLines(finding, { paint: createPaint(false), columns, texts })
}

test("a finding with a place shows its line, with what is meant marked", () => {
  assert.deepEqual(lines({ line: 2, column: 3, length: 5 }, '{\n  "104"\n}'), [
    "manifest.json:2:3: error: the default is of another type [manifest/default]",
    '   2 |   "104"',
    "     |   ^^^^^ Write 104",
  ])
})

test("a finding about a whole file, or of a text that is not at hand, says what to do and shows nothing", () => {
  const [head, says] = lines({})
  assert.equal(head, "manifest.json: error: the default is of another type [manifest/default]")
  assert.equal(says, "  → Write 104")
  assert.deepEqual(lines({ line: 9, column: 1, length: 1 }, "one line").slice(1), ["  → Write 104"])
  assert.deepEqual(lines({ line: 1, column: 1, length: 1 }).slice(1), ["  → Write 104"])
})

test("a line ends as the systems of the world end lines, and tabs are as wide as their marks", () => {
  for (const end of ["\n", "\r\n", "\r"]) {
    assert.deepEqual(lines({ line: 2, column: 2, length: 1 }, `a${end}\tb${end}c`).slice(1), [
      "   2 |  b",
      "     |  ^ Write 104",
    ])
  }
})

test("of a long line the part around the place is shown, and the marks stay below it", () => {
  const [, shown = "", marked = ""] = lines(
    { line: 1, column: 501, length: 3 },
    `${"x".repeat(500)}BAD${"y".repeat(500)}`,
    60,
  )
  assert.ok(shown.length <= 60, shown)
  assert.match(shown, /\| …x+BAD/)
  assert.equal(shown.indexOf("BAD"), marked.indexOf("^^^"))
})

test("marks that would reach beyond the line end with it, and are never none", () => {
  assert.equal(lines({ line: 1, column: 1, length: 100 }, "abc")[2], "     | ^^^ Write 104")
  assert.equal(lines({ line: 1, column: 4, length: 0 }, "abc")[2], "     |    ^ Write 104")
})

test("what a terminal would obey is shown and not sent, and takes one place in its line", () => {
  const hostile = lines({ file: "a\u001b[2J", line: 1, column: 1, length: 1 })
  assert.ok(!hostile.join("").includes("\u001b"))
  assert.deepEqual(lines({ line: 1, column: 3, length: 1 }, "\u001b\u0007x").slice(1), [
    "   1 | ··x",
    "     |   ^ Write 104",
  ])
})
