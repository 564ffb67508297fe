import assert from "node:assert/strict"
import { test } from "node:test"
import type { MetadataChange, Place } from "@geartrain/spec/archive"
import { createPaint } from "../output/paint.ts"
import { changeLines, countWritten, faultLines } from "./metadata-lines.ts"

const PLAIN = createPaint(false)
const PLACE: Place = {
  level: "session",
  id: "a".repeat(24),
  label: "ses-01",
  path: "lab/Memory/ses-01",
  fields: {},
  files: [],
}

function change(kind: MetadataChange["kind"], more: Partial<MetadataChange> = {}): MetadataChange {
  return { kind, place: PLACE, field: ["info", "snr"], ...more } as MetadataChange
}

test("each kind of change has its sign, and shows what was and what comes", () => {
  const lines = changeLines(
    [
      change("set", { after: 12.5 }),
      change("replace", { before: 1, after: 2 }),
      change("kept", { before: "female", after: "male" }),
      change("dropped", { why: "no such place" }),
      change("file", { file: "mask.nii", field: [] }),
      change("file", { file: "old.nii", field: [], before: "scans/old.nii" }),
    ],
    PLAIN,
  )
  assert.equal(lines[0], "lab/Memory/ses-01 (session)")
  assert.deepEqual(
    lines.slice(1).map((line) => line.trim().replace(/ {2,}/g, "  ")),
    [
      "+  info.snr  12.5",
      "~  info.snr  1 → 2",
      '=  info.snr  stays "female", the job said "male"',
      "!  info.snr  left out: no such place",
      "+  mask.nii  an output of the job",
      '~  old.nii  the job\'s output, not "scans/old.nii"',
    ],
  )
})

test("only what would be written is counted", () => {
  assert.equal(countWritten([change("set"), change("tag"), change("kept"), change("dropped"), change("file")]), 3)
})

test("of many changes the first are listed and the rest is counted", () => {
  const many = Array.from({ length: 40 }, (_, index) => change("set", { after: index }))
  const lines = changeLines(many, PLAIN, 3)
  assert.equal(lines.length, 5)
  assert.match(lines.at(-1) ?? "", /^… and 37 more changes$/)
})

test("what a gear wrote is cut where it is long, and never obeyed by a terminal", () => {
  const lines = changeLines([change("set", { after: `\u001b[2J${"x".repeat(500)}`, field: ["a\u001b"] })], PLAIN)
  assert.ok(!lines.join("").includes("\u001b"))
  assert.ok(lines.every((line) => line.length < 120))
})

test("faults are told as a compiler does, ten of them", () => {
  const fault = { line: 3, column: 7, problem: "found 1, wanted a text", fix: "Write a text" }
  assert.deepEqual(faultLines([fault]), [".metadata.json:3:7 found 1, wanted a text; write a text"])
  const lines = faultLines(Array.from({ length: 12 }, () => fault))
  assert.deepEqual([lines.length, lines.at(-1)], [11, "… and 2 more"])
})
