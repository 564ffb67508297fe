import assert from "node:assert/strict"
import { test } from "node:test"
import { ownIdentity } from "../host.ts"
import { parseProcessName, processName } from "./process-name.ts"

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
