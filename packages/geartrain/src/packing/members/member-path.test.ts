import assert from "node:assert/strict"
import { test } from "node:test"
import { isFolderName } from "@geartrain/spec"
import fc from "fast-check"
import { isMemberPath, MemberPaths, memberPath } from "./member-path.ts"
import { numberedName, safeName, shortenName } from "./safe-name.ts"

test("a safe name is one step of a path, whatever it is made from, and is its own safe name", () => {
  const anything = fc.oneof(
    fc.string({ unit: "binary", maxLength: 250 }),
    fc.string({ unit: fc.constantFrom(".", " ", "/", "\\", "\u202e", "a", "\0", "é", "\ud800", "\n"), maxLength: 40 }),
  )
  fc.assert(
    fc.property(anything, (text) => {
      const name = safeName(text, "unknown")
      assert.ok(isFolderName(name) && isMemberPath(name), JSON.stringify(name))
      assert.doesNotMatch(name, /[\p{Cc}\p{Cf}\\:*?"<>|]|^ |[. ]$/u)
      assert.equal(safeName(name, "other"), name)
    }),
  )
})

test("what is safe stays as it is", () => {
  for (const name of ["sub-01", "T1 (2).nii.gz", "Müller", "脳", "-rf", ".bidsignore", "a..b"])
    assert.equal(safeName(name, ""), name)
})

test("a long name keeps its suffixes", () => {
  assert.match(safeName(`${"é".repeat(300)}.nii.gz`, ""), /^é{96}\.nii\.gz$/)
  assert.equal(shortenName("é.nii", 5), ".nii")
  assert.ok(isFolderName(numberedName(`${"é".repeat(123)}.nii.gz`, 1000)))
})

test("of files that would have one path each gets its own, and none is a folder of another", () => {
  const paths = new MemberPaths()
  const taken = ["a/T1.nii.gz", "a/T1.nii.gz", "a/T1 (2).nii.gz", "a/T1.nii.gz", "a", "a/T1.nii.gz/x", "a/T1.nii.gz/y"]
  assert.deepEqual(
    taken.map((path) => paths.takeNumbered(path)),
    [
      ...["a/T1.nii.gz", "a/T1 (2).nii.gz", "a/T1 (2) (2).nii.gz", "a/T1 (3).nii.gz", "a (2)"],
      ...["a/T1 (4).nii.gz/x", "a/T1 (4).nii.gz/y"],
    ],
  )
  assert.throws(() => paths.takeNumbered("../a"), RangeError)
})

test("any files can be put beside each other: all paths are safe, and no two the same", () => {
  const step = fc.constantFrom("a", "b", "a (2)", "b.nii.gz", "x".repeat(255))
  const wishes = fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { maxLength: 30 })
  fc.assert(
    fc.property(wishes, (each) => {
      const paths = new MemberPaths()
      const taken = each.map((steps) => paths.takeNumbered(steps.join("/")))
      assert.equal(new Set(taken).size, taken.length)
      for (const path of taken) {
        assert.ok(isMemberPath(path))
        assert.ok(!taken.some((other) => other.startsWith(`${path}/`)), path)
      }
    }),
  )
})

test("a path of long labels is shortened until it is one", () => {
  const path = memberPath([..."abcdef"].map((letter) => letter.repeat(400)).concat(`${"g".repeat(300)}.nii.gz`))
  assert.ok(isMemberPath(path))
  assert.match(path, /^a+\/b+\/c+\/d+\/e+\/f+\/g+\.nii\.gz$/)
})
