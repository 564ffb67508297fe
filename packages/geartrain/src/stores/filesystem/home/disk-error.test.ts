import assert from "node:assert/strict"
import { test } from "node:test"
import { GeartrainError } from "@geartrain/spec"
import { ownIdentity } from "../../../system/host.ts"
import { diskError } from "./disk-error.ts"
import { parseProcessName, processName } from "./process-name.ts"

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

test("the name of a process reads back as that process", () => {
  for (const host of ["lab", "lab.example", "läb/1 x"]) {
    const identity = { ...ownIdentity(), host }
    assert.deepEqual(parseProcessName(processName(identity)), identity)
    assert.ok(!processName(identity).includes("/"))
  }
})

test("names that no process has given are of nobody", () => {
  for (const name of [
    "",
    "tmp",
    "12",
    "12@34",
    "x@1@a@1@host",
    `${processName(ownIdentity())}/..`,
    "1@1@a@1@%E0%A4%A",
    ".",
    "..",
  ]) {
    assert.equal(parseProcessName(name), undefined, name)
  }
})
