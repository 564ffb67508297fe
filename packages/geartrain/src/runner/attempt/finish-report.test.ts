import assert from "node:assert/strict"
import { test } from "node:test"
import { GeartrainError } from "@geartrain/spec"
import { digest, job } from "../../../test/stores/records/sample-records.ts"
import { brokenReport, refusedReport, reportOf } from "./finish-report.ts"
import { keyOf, RunningAttempt } from "./running-attempt.ts"

const SENT = { logChunks: 2, recordDigest: digest(3) }

test("a report says how the job ended, and calls files by their names", () => {
  const output = { path: "a/b", digest: digest(1), sizeBytes: 3, freed: "2026-01-01T00:00:00.000Z" }
  const report = reportOf(job(1, { state: "complete", outputs: [output] }), SENT)
  assert.equal(report.state, "complete")
  assert.deepEqual(report.outputs, [{ name: "a/b", digest: digest(1), sizeBytes: 3 }])
  assert.ok(!("metadata" in report))
  assert.deepEqual(reportOf(job(1, { state: "complete" }), { ...SENT, metadata: null }).metadata, null)
})

test("a job that has not ended has no report", () => {
  for (const state of ["pending", "running"] as const)
    assert.throws(() => reportOf(job(1, { state }), SENT), TypeError, state)
})

test("who could not even begin is told by whose fault it was", () => {
  const missing = new GeartrainError("BLOB_NOT_FOUND", "gone")
  assert.deepEqual(brokenReport(missing, "inputs"), {
    ...{ state: "failed", reason: "INPUT_UNREADABLE", message: "gone", outputs: [], logChunks: 0 },
    culprit: brokenReport(missing, "gear").culprit,
  })
  assert.equal(brokenReport("words", "gear").message, "words")
  assert.deepEqual(
    [brokenReport(new Error("x"), "job").reason, brokenReport(new Error("x"), "job").culprit],
    ["PROVIDER_FAILED", "platform"],
  )
  const full = Object.assign(new Error("no space"), { code: "ENOSPC" })
  assert.equal(brokenReport(full, "inputs").reason, "DISK_FULL")
})

test("a message is cut to what a server takes", () => {
  assert.equal(brokenReport(new Error("x".repeat(20_000)), "job").message?.length, 10_000)
})

test("a result that the server does not take has failed: without its metadata if that is it, else without its files", () => {
  const report = {
    ...{ state: "complete", outputs: [{ name: "a" }], metadata: { a: 1 }, logChunks: 1 },
  } as unknown as Parameters<typeof refusedReport>[0]
  const invalid = new GeartrainError("REQUEST_INVALID", "no")
  const large = new GeartrainError("REQUEST_TOO_LARGE", "no")
  const ofMetadata = refusedReport(report, invalid)
  assert.deepEqual([ofMetadata?.state, ofMetadata?.reason], ["failed", "METADATA_INVALID"])
  assert.deepEqual(ofMetadata?.outputs, report.outputs)
  assert.ok(!("metadata" in (ofMetadata ?? {})))
  assert.deepEqual(
    [refusedReport(report, large)?.reason, refusedReport(report, large)?.outputs],
    ["OUTPUT_REFUSED", []],
  )
  const { metadata: _, ...plain } = report
  assert.equal(refusedReport(plain, invalid)?.reason, "OUTPUT_REFUSED")
})

test("an error that says nothing of the result changes nothing", () => {
  const report = { state: "complete", outputs: [], logChunks: 0 } as unknown as Parameters<typeof refusedReport>[0]
  for (const error of [new Error("x"), new GeartrainError("NOT_PERMITTED", "x"), "REQUEST_INVALID"])
    assert.equal(refusedReport(report, error), undefined)
})

test("an attempt ends more and more, and never less", () => {
  const attempt = new RunningAttempt({ job: "j", attempt: 2 } as unknown as ConstructorParameters<
    typeof RunningAttempt
  >[0])
  assert.equal(attempt.key, keyOf({ job: "j", attempt: 2 } as unknown as Parameters<typeof keyOf>[0]))
  assert.deepEqual([attempt.ending, attempt.cancelled.aborted], [undefined, false])
  attempt.end("cancel")
  assert.deepEqual([attempt.ending, attempt.cancelled.aborted, attempt.killed.aborted], ["cancel", true, false])
  attempt.end("stale")
  assert.deepEqual([attempt.ending, attempt.killed.aborted], ["stale", true])
  for (const ending of ["release", "cancel"] as const) attempt.end(ending)
  assert.equal(attempt.ending, "stale")
})
