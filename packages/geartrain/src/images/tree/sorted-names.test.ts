import assert from "node:assert/strict"
import { test } from "node:test"
import { comparePaths } from "@geartrain/spec"
import fc from "fast-check"
import { NO_XATTRS, type TarEntry } from "../../packing/tar/tar-entry.ts"
import { DEFAULT_LIMITS } from "../limits/image-limits.ts"
import { UnpackBudget } from "../limits/unpack-budget.ts"
import { LayerMerger } from "./layer-merger.ts"
import { sortedNames } from "./sorted-names.ts"
import { createTreeContents } from "./tree-contents.ts"

const FILE: TarEntry = {
  type: "file",
  path: "",
  mode: 0o644,
  uid: 0,
  gid: 0,
  mtime: 0,
  size: 0,
  target: "",
  major: 0,
  minor: 0,
  xattrs: NO_XATTRS,
  offset: 0,
  bodyOffset: 512,
}

/** The order that the tree gives, of files of these paths. */
function orderOf(paths: readonly string[]): readonly string[] {
  const contents = createTreeContents()
  const place = { reference: "test" }
  const merger = new LayerMerger(contents, new UnpackBudget(DEFAULT_LIMITS, place))
  merger.startLayer({ place, kind: "flat" })
  for (const path of paths) merger.apply({ ...FILE, path })
  return Array.from(sortedNames(contents), ({ path }) => path)
}

/** The paths and all folders above them. */
function withFolders(paths: readonly string[]): readonly string[] {
  const all = new Set<string>()
  for (const path of paths) {
    const names = path.split("/")
    for (let length = 1; length <= names.length; length++) all.add(names.slice(0, length).join("/"))
  }
  return [...all]
}

test("names come in the byte order of whole paths, in which what is in a folder may stand apart from it", () => {
  assert.deepEqual(orderOf(["a/b", "a-b", "a b", "a0", "aa", "a/a/x", "é", "e", "😀", "\uff5e"]), [
    "a",
    "a b",
    "a-b",
    "a/a",
    "a/a/x",
    "a/b",
    "a0",
    "aa",
    "e",
    "é",
    "\uff5e",
    "😀",
  ])
})

test("the order is that of comparePaths for names of every kind", () => {
  const name = fc
    .stringMatching(/^[ !\-.0aé￮😀]{1,4}$/u)
    .filter((text) => text !== "." && text !== ".." && text.isWellFormed())
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => `${names.join("/")}`)
  fc.assert(
    fc.property(fc.uniqueArray(path, { maxLength: 30 }), (paths) => {
      // A path that is a folder of another cannot be a file too.
      const files = paths.filter((each) => !paths.some((other) => other.startsWith(`${each}/`)))
      assert.deepEqual(orderOf(files), withFolders(files).toSorted(comparePaths))
    }),
  )
})
