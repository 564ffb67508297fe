import assert from "node:assert/strict"
import { test } from "node:test"
import { checkNames, isGearName } from "./gear-folder-name.ts"
import { subjectOf } from "./subject-of.ts"

test("names of gears and tags never lead out of the catalogue", () => {
  checkNames("brain-atlas-2", "v1.0.0_rc-1")
  checkNames("a")
  for (const name of ["", ".", "..", "a/b", "A", "a.b", "a\n", "é", "a".repeat(101)]) {
    assert.ok(!isGearName(name), name)
    assert.throws(() => checkNames(name), { code: "TAG_INVALID" }, name)
  }
  for (const tag of ["", ".", "..", "-a", ".a", "a/b", "a b", "a\n", "a".repeat(129)])
    assert.throws(() => checkNames("a", tag), { code: "TAG_INVALID" }, tag)
})

test("a manifest refers to another by a digest, or to none", () => {
  const digest = `sha256:${"a".repeat(64)}`
  const subject = (value: object) => subjectOf(Buffer.from(JSON.stringify(value)))
  assert.equal(subject({ subject: { digest } }), digest)
  for (const value of [
    {},
    { subject: {} },
    { subject: { digest: 7 } },
    { subject: { digest: "sha256:x" } },
    { subject: null },
  ])
    assert.equal(subject(value), undefined, JSON.stringify(value))
})
