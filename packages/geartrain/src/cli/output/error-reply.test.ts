import assert from "node:assert/strict"
import { test } from "node:test"
import { GeartrainError } from "@geartrain/spec"
import { reportError } from "./error-reply.ts"
import { createPaint } from "./paint.ts"

const plain = { style: "answer", paint: createPaint(false), verbose: false, debug: false } as const

test("an error of the catalogue says its code, what is the case, and last what to do", () => {
  const error = new GeartrainError("GEAR_NOT_FOUND", 'Cannot find gear "x": no gear is stored', {
    hint: "Import one first: gear import FILE",
  })
  const report = reportError(error, plain)
  assert.deepEqual(report.lines, [
    'error GEAR_NOT_FOUND: Cannot find gear "x": no gear is stored',
    "→ Import one first: gear import FILE",
  ])
  assert.equal(report.exitCode, 3)
  assert.deepEqual(report.error, {
    code: "GEAR_NOT_FOUND",
    message: 'Cannot find gear "x": no gear is stored',
    fix: "Import one first: gear import FILE",
    docs: "gear help GEAR_NOT_FOUND",
    culprit: "user",
    retryable: false,
  })
})

test("an error without a hint ends with the page that explains it", () => {
  const report = reportError(new GeartrainError("BLOB_DIGEST_MISMATCH", "Cannot read blob: it is damaged"), plain)
  assert.equal(report.lines.at(-1), "→ Read about it: gear help BLOB_DIGEST_MISMATCH")
  assert.equal(report.error.culprit, "platform")
  assert.equal(report.error.retryable, true)
})

test("an error of several lines keeps them", () => {
  const report = reportError(
    new GeartrainError("MANIFEST_INVALID", "Cannot accept: 2 faults\nm.json:1:2 a\nm.json:3:4 b"),
    plain,
  )
  assert.equal(report.lines[0], "error MANIFEST_INVALID: Cannot accept: 2 faults\nm.json:1:2 a\nm.json:3:4 b")
})

test("names from outside cannot write on the terminal", () => {
  const report = reportError(
    new GeartrainError("GEAR_NOT_FOUND", 'Cannot find gear "\u001b[2J"', { hint: "gear ls \u0007" }),
    plain,
  )
  assert.deepEqual(report.lines, ['error GEAR_NOT_FOUND: Cannot find gear "\\x1b[2J"', "→ gear ls \\x07"])
})

test("causes are told with --verbose, and where in the program with --debug", () => {
  const cause = new Error("EIO", { cause: new Error("disk on fire") })
  const known = new GeartrainError("BLOB_NOT_FOUND", "Cannot read", { cause })
  assert.deepEqual(reportError(known, { ...plain, verbose: true }).lines.slice(1, 3), [
    "  because: EIO",
    "  because: disk on fire",
  ])
  assert.ok(reportError(known, { ...plain, debug: true }).lines.some((line) => line.includes("error-reply.test.ts")))
})

test("whatever else is thrown is called a bug of ours, with how to report it", () => {
  const report = reportError(new TypeError("x is undefined"), plain)
  assert.equal(report.exitCode, 70)
  assert.match(report.lines[0] ?? "", /^error BUG: This is a bug in gear, .*TypeError: x is undefined$/)
  assert.match(report.lines.at(-1) ?? "", /^→ Please report it: run the same command again with --debug/)
  assert.equal(reportError("text", { ...plain, style: "gear" }).exitCode, 125)
  assert.ok(
    reportError(new RangeError("no"), { ...plain, debug: true }).lines.some((line) =>
      line.includes("error-reply.test.ts"),
    ),
  )
})
