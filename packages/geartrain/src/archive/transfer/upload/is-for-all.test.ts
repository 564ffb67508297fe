import assert from "node:assert/strict"
import { test } from "node:test"
import { type ErrorCode, GeartrainError } from "@geartrain/spec"
import { isForAll } from "./is-for-all.ts"

const error = (code: ErrorCode, status?: number) =>
  new GeartrainError(code, "x", status === undefined ? {} : { details: { status } })

test("what is wrong with the place, the caller or the line is wrong for every file", () => {
  for (const code of [
    "NOT_PERMITTED",
    "QUOTA_EXCEEDED",
    "STORE_FULL",
    "SERVER_UNREACHABLE",
    "TOO_MANY_REQUESTS",
  ] as const)
    assert.ok(isForAll(error(code)), code)
  assert.ok(isForAll(error("SERVER_REPLY_UNREADABLE", 502)))
})

test("what is wrong with one file says nothing of the next", () => {
  for (const code of ["NAME_UNFIT", "UPLOAD_FILE_CHANGED", "METADATA_UNFIT"] as const)
    assert.ok(!isForAll(error(code)), code)
  assert.ok(!isForAll(error("SERVER_REPLY_UNREADABLE", 500)))
})
