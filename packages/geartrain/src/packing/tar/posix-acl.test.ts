import assert from "node:assert/strict"
import { test } from "node:test"
import { aclFromText, canonicalAcl, isMinimalAcl } from "./posix-acl.ts"

/** What `setfacl -m u:1234:rw,g:77:---` gives a file of mode 644, as the kernel keeps it. */
const KERNEL =
  "0200000001000600ffffffff02000600d204000004000400ffffffff080000004d00000010000600ffffffff20000400ffffffff"

test("the spellings of GNU tar and of star both give what the kernel keeps", () => {
  for (const text of [
    "user::rw-\nuser:1234:rw-\ngroup::r--\ngroup:77:---\nmask::rw-\nother::r--\n",
    "user::rw-,user:ann:rw-:1234,group::r--,group:staff:---:77,mask::rw-,other::r--",
    "u::rw-,g:77:---,u:1234:rw-,g::r--,m::rw-,o::r--",
    "default:user::rw-\ndefault:user:1234:rw-\t#effective:rw-\ndefault:group::r--\ndefault:group:77:---\ndefault:mask:rw-\ndefault:other:r--",
  ]) {
    assert.equal(aclFromText(text)?.toString("hex"), KERNEL, text)
  }
})

test("a list with names that have no numbers cannot be understood", () => {
  assert.equal(aclFromText("user::rw-\nuser:ann:rw-\ngroup::r--\nmask::rw-\nother::r--"), undefined)
})

test("a list that the kernel would refuse is none", () => {
  const base = "user::rw-\ngroup::r--\nother::r--"
  for (const text of [
    "",
    "user::rw-\ngroup::r--",
    `${base}\nuser:5:r--`,
    `${base}\nother::r--`,
    `${base}\nmask::r--\nuser:5:r--\nuser:5:r--`,
    `${base}\nmask::r--\nuser:4294967295:r--`,
    `${base}\nmask:5:r--`,
    `${base}\nnobody::r--`,
    "user::rwxr\ngroup::r--\nother::r--",
  ]) {
    assert.equal(aclFromText(text), undefined, text)
  }
})

test("the binary form is brought into one order, and what is no list is found", () => {
  const shuffled = Buffer.from(KERNEL, "hex")
  const [first, second] = [Buffer.from(shuffled.subarray(4, 12)), Buffer.from(shuffled.subarray(12, 20))]
  first.copy(shuffled, 12)
  second.copy(shuffled, 4)
  assert.equal(canonicalAcl(shuffled)?.toString("hex"), KERNEL)
  for (const bytes of ["", "02000000", "03000000", "020000000100", KERNEL.replace("02", "01"), KERNEL.slice(0, -16)]) {
    assert.equal(canonicalAcl(Buffer.from(bytes, "hex")), undefined, bytes)
  }
})

test("a list that says no more than the permission bits is told", () => {
  assert.ok(isMinimalAcl(aclFromText("user::rw-\ngroup::r--\nother::r--") ?? Buffer.alloc(0)))
  assert.ok(!isMinimalAcl(Buffer.from(KERNEL, "hex")))
})
