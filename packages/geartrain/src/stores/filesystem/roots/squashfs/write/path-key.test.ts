import assert from "node:assert/strict"
import { test } from "node:test"
import { pathKey, pathOfKey } from "./path-key.ts"

test("what is in a folder comes right after it, and before names that begin with the folder's", () => {
  const inOrder = ["", "a", "a/\u0001", "a/b", "a/b/c", "a/b-c", "a\u0001", "a-b", "a.b", "a0", "b", "é", "\u{1f600}"]
  const keys = inOrder.toReversed().map(pathKey).sort(Buffer.compare)
  assert.deepEqual(keys.map(pathOfKey), inOrder)
})

test("dots and slashes too many are no part of a key", () => {
  const key = pathKey("a/b")
  for (const path of ["./a/b", "a//b", "a/b/", "/a/b", "a/./b", "a/b/.", ".//a/././/b//"])
    assert.deepEqual(pathKey(path), key, path)
  for (const root of ["", ".", "./", "/", "//", "./."]) assert.equal(pathKey(root).length, 0, root)
})

test("names that are more than dots are kept, and whatever is no slash comes back as it was", () => {
  for (const path of [
    "...",
    ".a",
    "..a",
    "a..",
    "a/...",
    "a/..b/c",
    ".../.x",
    "new\nline",
    "a/.\n/b",
    "ü/日本",
    " /\t",
  ])
    assert.equal(pathOfKey(pathKey(path)), path)
})

test("a path that leads upwards is refused, wherever it does", () => {
  for (const path of ["..", "../a", "a/..", "a/../b", "/..", "./.."])
    assert.throws(() => pathKey(path), new RangeError(`its entry ${JSON.stringify(path)} leads out of it`))
})
