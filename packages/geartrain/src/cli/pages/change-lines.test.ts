import assert from "node:assert/strict"
import { test } from "node:test"
import { gear } from "../../../test/stores/records/sample-records.ts"
import type { TreeComparison } from "../../provenance/trees/compare-trees.ts"
import { changeLines, changesData, changesOf, treeLines } from "./change-lines.ts"

const NOTHING: TreeComparison = {
  added: [],
  removed: [],
  changed: [],
  packages: { added: [], removed: [], changed: [] },
}
const BEFORE = gear(1)

test("members of the manifest that changed are shown with what they were, and nothing else of the gear is", () => {
  const now = { ...gear(2), manifest: { ...BEFORE.manifest, label: "Better", description: "" } }
  assert.deepEqual(changeLines(changesOf(BEFORE, now, NOTHING)), [
    "manifest label: Gear → Better",
    'manifest description: Does nothing → ""',
  ])
})

test("packages are told by name, and not by the notes of the package manager; the manifest by its members", () => {
  const changed = [
    { path: "var/lib/dpkg/status", what: "contents" as const },
    { path: "flywheel/v0/manifest.json", what: "contents" as const },
    { path: "usr/bin/awk", what: "contents" as const },
  ]
  const packages = { added: ["gawk"], removed: [], changed: ["libc6"] }
  assert.deepEqual(treeLines({ ...NOTHING, added: ["var/lib/dpkg/info/gawk.list"], changed, packages }), [
    "packages added: gawk",
    "packages changed: libc6",
    "files changed: usr/bin/awk",
  ])
})

test("of many files ten are named and all are counted; those with another time are counted only", () => {
  const names = Array.from({ length: 12 }, (_, index) => `f${index}`)
  const touched = names.map((path) => ({ path, what: "time" as const }))
  const lines = treeLines({ ...NOTHING, removed: names, changed: [...touched, { path: "run", what: "permissions" }] })
  assert.equal(lines[0], `files removed: ${names.slice(0, 10).join(", ")} and 2 more`)
  assert.deepEqual(lines.slice(1), ["files changed: run (permissions)", "12 files with another time and nothing else"])
})

test("names that a terminal would obey are escaped", () => {
  assert.deepEqual(treeLines({ ...NOTHING, added: ["a\u001b[2Jb\nc"] }), ["files added: a\\x1b[2Jb\\nc"])
})

test("a build whose last root filesystem is gone says so, and programs get null for it", () => {
  const changes = changesOf(BEFORE, BEFORE, undefined)
  assert.deepEqual(changeLines(changes), ["files: the last build is not kept any more"])
  assert.deepEqual(changesData(changes), { manifest: [], tree: null })
})
