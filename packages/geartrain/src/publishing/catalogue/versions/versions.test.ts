import assert from "node:assert/strict"
import { test } from "node:test"
import { compareVersions, isGeartrainError } from "@geartrain/spec"
import fc from "fast-check"
import { versionTag } from "./version-tag.ts"

const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/

test("versions that are tags stay as they are", () => {
  for (const version of ["1.0.0", "0.0.3_l", "1.2.3_4.5.6", "1.0.0-dev", "latest", "a__b", "1_"]) {
    assert.equal(versionTag(version), version)
  }
})

test("what a tag cannot have is written in digits", () => {
  assert.equal(versionTag("1.0.0+2"), "1.0.0--2b2")
  assert.equal(versionTag("-1"), "_--2d1")
  assert.equal(versionTag("_1"), "_--5f1")
  assert.equal(versionTag("a--b-"), "a--2d-b--2d")
  assert.equal(versionTag("aé"), "a--c3--a9")
  for (const version of ["", "+".repeat(40), "x".repeat(129)]) {
    assert.throws(
      () => versionTag(version),
      (error) => isGeartrainError(error, "TAG_INVALID"),
    )
  }
})

test("no two versions have one tag", () => {
  const version = fc.string({
    unit: fc.constantFrom("_", "+", "2", "b", ".", "-", "5", "f", "é"),
    minLength: 1,
    maxLength: 8,
  })
  fc.assert(
    fc.property(version, version, (a, b) => {
      assert.match(versionTag(a), TAG)
      assert.equal(versionTag(a) === versionTag(b), a === b)
    }),
    { numRuns: 3000 },
  )
})

test("versions are ordered as people read them", () => {
  const ordered = [
    "0",
    "0.9",
    "1.0.0-dev",
    "1.0.0-rc1",
    "1.0.0-rc2",
    "1.0.0",
    "1.0.0-1",
    "1.0.0.1",
    "1.0.1",
    "1.9",
    "1.10",
    "v2",
  ]
  assert.deepEqual([...ordered].reverse().toSorted(compareVersions), ordered)
  assert.ok(compareVersions("1.2.3_4.5.6", "1.2.3_4.5.10") < 0)
  assert.ok(compareVersions("1.2.3", "1.2.3_4.5.6") < 0)
  assert.equal(compareVersions("1.0", "1.0"), 0)
})

test("the order of versions is an order", () => {
  const version = fc.string({ unit: fc.constantFrom("1", "2", "0", ".", "-", "_", "a", "b"), maxLength: 6 })
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      assert.equal(Math.sign(compareVersions(a, b)), -Math.sign(compareVersions(b, a)) + 0)
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) assert.ok(compareVersions(a, c) <= 0)
    }),
    { numRuns: 5000 },
  )
})
