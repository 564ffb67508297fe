import assert from "node:assert/strict"
import { test } from "node:test"
import { xattrKeyword, xattrsFromRecords } from "./pax-xattrs.ts"
import { NO_XATTRS } from "./tar-entry.ts"

function read(records: Readonly<Record<string, string | Buffer>>): unknown {
  const values = new Map(Object.entries(records).map(([key, value]) => [key, Buffer.from(value as string)]))
  const found = xattrsFromRecords(values)
  return "unreadable" in found
    ? found
    : Object.fromEntries([...found].map(([name, value]) => [name, Buffer.from(value).toString("latin1")]))
}

test("attributes are bytes, and may be empty", () => {
  assert.deepEqual(read({ "SCHILY.xattr.user.a": Buffer.from([0, 255, 10]), "SCHILY.xattr.user.b": "" }), {
    "user.a": "\0\xff\n",
    "user.b": "",
  })
  assert.equal(xattrsFromRecords(new Map([["path", Buffer.from("x")]])), NO_XATTRS)
})

test("a name with an equals sign or a percent sign is escaped and read again", () => {
  for (const name of ["user.a=b", "user.50%", "user.%3D", "user.=%25="]) {
    const keyword = xattrKeyword(name)
    assert.ok(!keyword.includes("="))
    assert.deepEqual(read({ [keyword]: "v" }), { [name]: "v" })
  }
})

test("bsdtar's own record counts only where the exact one is missing", () => {
  const bsd = {
    "LIBARCHIVE.xattr.user.a": Buffer.from("value").toString("base64"),
    "LIBARCHIVE.xattr.user.b%20c": "eA",
  }
  assert.deepEqual(read(bsd), { "user.a": "value", "user.b c": "x" })
  assert.deepEqual(read({ ...bsd, "SCHILY.xattr.user.a": "exact" }), { "user.a": "exact", "user.b c": "x" })
  assert.deepEqual(read({ "LIBARCHIVE.xattr.user.%": "eA" }), { unreadable: "LIBARCHIVE.xattr.user.%", isAcl: false })
})

test("an access list that says no more than the permission bits is left out, and a default one stays", () => {
  const text = "user::rw-\ngroup::r--\nother::r--\n"
  assert.deepEqual(read({ "SCHILY.acl.access": text }), {})
  assert.deepEqual(Object.keys(read({ "SCHILY.acl.default": text }) as object), ["system.posix_acl_default"])
  assert.deepEqual(read({ "SCHILY.acl.access": "" }), {})
})
