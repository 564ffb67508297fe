import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { arch } from "node:os"
import { test } from "node:test"
import fc from "fast-check"
import { architectureName, elfArchitecture } from "./elf-architecture.ts"

function elf(machine: number, bigEndian = false): Buffer {
  const start = Buffer.alloc(20)
  start.write("\x7fELF", "latin1")
  start[5] = bigEndian ? 2 : 1
  if (bigEndian) start.writeUInt16BE(machine, 18)
  else start.writeUInt16LE(machine, 18)
  return start
}

test("programs are told by machine and byte order, in the words of the image specification", () => {
  for (const [machine, bigEndian, name] of [
    [62, false, "amd64"],
    [183, false, "arm64"],
    [21, false, "ppc64le"],
    [21, true, "ppc64"],
    [22, true, "s390x"],
  ] as const) {
    assert.equal(architectureName(elfArchitecture(elf(machine, bigEndian))), name)
  }
})

test("the program that runs this test is for this machine", () => {
  const names: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" }
  const expected = names[arch()]
  if (expected === undefined) return
  assert.equal(architectureName(elfArchitecture(readFileSync(process.execPath).subarray(0, 64))), expected)
})

test("scripts, machines that are not known and what is too short are no programs, whatever the bytes", () => {
  assert.equal(architectureName(elfArchitecture(Buffer.from("#!/bin/sh\nexec true\n"))), undefined)
  assert.equal(architectureName(elfArchitecture(elf(9999))), undefined)
  assert.equal(architectureName(elfArchitecture(elf(22, false))), undefined)
  assert.equal(elfArchitecture(elf(62).subarray(0, 19)), 0)
  assert.equal(elfArchitecture(Buffer.alloc(0)), 0)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      fc.pre(bytes[0] !== 0x7f)
      assert.equal(elfArchitecture(Buffer.from(bytes)), 0)
    }),
  )
})
