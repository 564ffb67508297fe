import assert from "node:assert/strict"
import { test } from "node:test"
import { checkFileName, checkGroupId, checkLabel, checkTag } from "./check-name.ts"

test("names of any script are kept, in the one form in which what looks the same is the same", () => {
  for (const check of [checkLabel, checkFileName, checkTag]) {
    assert.equal(check("Zu\u0308rich"), "Z\u00fcrich")
    for (const name of ["sub-01", "被験者", "مريض", "a b", "👩‍🔬", "-"]) assert.equal(check(name), name)
  }
})

test("what cannot be seen, is empty, or is no text is refused everywhere", () => {
  for (const check of [checkLabel, checkFileName, checkTag])
    for (const name of ["", "  ", " a", "a ", "a\n", "a\u0000", "a\u202eb", "a\u2028b", "\ufffe", "\ud800", "a\u0085"])
      assert.throws(() => check(name), { code: "NAME_UNFIT" }, JSON.stringify(name))
})

test("a label is one step of a path, and no word that has a meaning there", () => {
  for (const label of ["a/b", "/", ".", "..", "files", "analyses"])
    assert.throws(() => checkLabel(label), { code: "NAME_UNFIT" }, label)
  for (const label of ["Files", "...", "a\\b"]) assert.equal(checkLabel(label), label)
})

test("lengths are those that people see: characters, and bytes of a file's name", () => {
  assert.equal(checkLabel("🧠".repeat(256)).length, 512)
  assert.throws(() => checkLabel("🧠".repeat(257)), { code: "NAME_UNFIT", message: /more than 256 characters/ })
  assert.equal(checkTag("t".repeat(128)).length, 128)
  assert.throws(() => checkTag("t".repeat(129)), { code: "NAME_UNFIT" })
  assert.equal(checkFileName("é".repeat(127)).length, 127)
  for (const name of ["é".repeat(128), "a/b", "..", "."])
    assert.throws(() => checkFileName(name), { code: "NAME_UNFIT" })
})

test("a message shows the beginning of a long name only", () => {
  assert.throws(
    () => checkLabel(`${"x".repeat(10_000)}`),
    (error: Error) => error.message.length < 200,
  )
})

test("ids of groups are plain, and begin and end with a letter or digit", () => {
  for (const id of ["ab", "lab-1", "a.b@c_d", "0".repeat(32)]) assert.equal(checkGroupId(id), id)
  for (const id of ["", "a", "-a", "a-", "Lab", "a b", "é1", "0".repeat(33), "ab\n"])
    assert.throws(() => checkGroupId(id), { code: "NAME_UNFIT" }, JSON.stringify(id))
})
