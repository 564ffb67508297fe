import assert from "node:assert/strict"
import { test } from "node:test"
import type { LintFinding } from "@geartrain/spec"
import { joinReports } from "./lint-report.ts"

function finding(rule: string): LintFinding {
  return { rule, severity: "note", place: { file: "a" }, message: "m", fix: "f" }
}

test("reports are joined in their order, and nothing of one hides what another has", () => {
  const one = { files: ["a", "b"], findings: [finding("x/1"), finding("x/2")], texts: new Map([["a", "text of a"]]) }
  const two = { files: ["c"], findings: [finding("x/1")], texts: new Map([["c", "text of c"]]) }
  const joined = joinReports([one, { files: [], findings: [], texts: new Map() }, two])
  assert.deepEqual(joined.files, ["a", "b", "c"])
  assert.deepEqual(
    joined.findings.map(({ rule }) => rule),
    ["x/1", "x/2", "x/1"],
  )
  assert.deepEqual(
    [...joined.texts],
    [
      ["a", "text of a"],
      ["c", "text of c"],
    ],
  )
  assert.deepEqual(joinReports([]), { files: [], findings: [], texts: new Map() })
})
