import assert from "node:assert/strict"
import { test } from "node:test"
import { GeartrainError } from "@geartrain/spec"
import { diskError } from "./disk-error.ts"

test("what the disk refuses is told by whose turn it is to act", () => {
  for (const [system, code, says] of [
    ["ENOSPC", "STORE_FULL", "the disk is full"],
    ["EDQUOT", "STORE_FULL", "your quota on this disk is used up"],
    ["EROFS", "STORE_READ_ONLY", "the disk is mounted read-only"],
    ["EACCES", "STORE_READ_ONLY", "you may not write there"],
    ["ELOOP", "STORE_READ_ONLY", "links there lead in a circle"],
    ["EIO", "STORE_FAILED", "the disk reports an input/output error"],
    ["EMFILE", "STORE_FAILED", "too many files are open in this process"],
  ] as const) {
    const cause = Object.assign(new Error("refused"), { code: system })
    const error = diskError(cause, 'store blob in "/data"') as GeartrainError
    assert.equal(error.code, code)
    assert.equal(error.message, `Cannot store blob in "/data": ${says}`)
    assert.equal(error.cause, cause)
    assert.deepEqual(error.details, { system })
  }
})

test("an error that says enough, or that no disk makes, stays as it is", () => {
  const told = new GeartrainError("STORE_FULL", "Cannot store blob: the disk is full")
  for (const error of [
    told,
    new RangeError("x"),
    Object.assign(new Error("x"), { code: "ENOENT" }),
    "text",
    undefined,
  ]) {
    assert.equal(diskError(error, "do it"), error)
  }
})
