import assert from "node:assert/strict"
import { test } from "node:test"
import type { FileComparison } from "../../formats/file-comparison.ts"
import { createPaint } from "../output/paint.ts"
import { comparisonLines, contentLines } from "./content-lines.ts"

const PLAIN = createPaint(false)
const SAME: FileComparison = { format: "csv", same: true, summary: "the same rows", differences: [], omitted: 0 }

test("files that are alike take one line", () => {
  assert.deepEqual(comparisonLines("a.csv", SAME, PLAIN), ["a.csv  csv: the same rows"])
})

test("the first places are shown side by side, and the rest is counted", () => {
  const differences = [
    { place: "row 2, x", a: "1", b: "2" },
    { place: "row 3", b: "new" },
  ]
  const lines = comparisonLines(
    "a.csv",
    { ...SAME, same: false, summary: "2 rows differ", differences, omitted: 5 },
    PLAIN,
  )
  assert.deepEqual(lines, ["a.csv  csv: 2 rows differ", "  row 2, x  1  2", "  row 3        new", "  … and 5 more"])
})

test("an output of which one side is gone is named, and what is in files is never obeyed", () => {
  const hostile = { ...SAME, differences: [{ place: "\u001b]0;x\u0007", a: "\u001b[31m" }] }
  const gone = { path: "gone\u001b", missing: ["sha256:00"] as const }
  const lines = contentLines([gone, { path: "there", comparison: hostile }], PLAIN)
  assert.equal(lines[1], "gone\\x1b  not compared: the bytes of one are no longer stored")
  assert.equal(lines[2], "  → gear restore sha256:00")
  for (const sign of ["\u001b", "\u0007"]) assert.ok(!lines.join("").includes(sign))
})
