import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { checkJsonText } from "./check-json-text.ts"

test("what can be kept is let through, also brackets and backslashes in texts", () => {
  for (const text of [
    "",
    "{}",
    `"${"[".repeat(200)}"`,
    "[".repeat(64),
    '"\\\\u0000"',
    '"\\ud83d\\ude00"',
    '{"a":"\\""}',
  ])
    checkJsonText(text)
})

test("long texts, and many, are looked through in one go", () => {
  for (const text of [
    JSON.stringify("m".repeat(16 * 1024 * 1024)),
    JSON.stringify('\\"'.repeat(1024 * 1024)),
    JSON.stringify(Array(100_000).fill({ name: "n".repeat(20) })),
    `"${"\\\\".repeat(1024 * 1024)}`,
  ])
    checkJsonText(text)
})

test("JSON that is nested without end is refused before it is read", () => {
  for (const text of ["[".repeat(65), '{"a":'.repeat(65), "[".repeat(1_000_000)])
    assert.throws(
      () => checkJsonText(text),
      (error) => isGeartrainError(error, "REQUEST_INVALID"),
    )
})

test("texts that no database keeps are refused", () => {
  for (const text of [
    '"\\u0000"',
    '{"a\\u0000":1}',
    '"\\ud800"',
    '"\\ud800',
    '"\\uD800x\\udc00"',
    '"\\udC00x"',
    '"\\ud800\\ud800\\udc00"',
    '"\\\\\\u0000"',
  ])
    assert.throws(
      () => checkJsonText(text),
      (error) => isGeartrainError(error, "REQUEST_INVALID"),
      text,
    )
})
