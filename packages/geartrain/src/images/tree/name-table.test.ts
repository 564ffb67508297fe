import assert from "node:assert/strict"
import { test } from "node:test"
import { NameTable, NONE, ROOT } from "./name-table.ts"
import { TextArena } from "./text-arena.ts"

test("a name is found again among many, and names of different folders are different names", () => {
  const names = new NameTable(new TextArena())
  const folder = names.findOrAdd(ROOT, "folder")
  for (let index = 0; index < 20_000; index++) {
    names.findOrAdd(ROOT, `name-${index}`)
    names.findOrAdd(folder, `name-${index}`)
  }
  assert.equal(names.count, 40_002)
  for (const index of [0, 1, 999, 19_999]) {
    const inRoot = names.find(ROOT, `name-${index}`)
    const inFolder = names.find(folder, `name-${index}`)
    assert.notEqual(inRoot, inFolder)
    assert.equal(names.path(inRoot), `name-${index}`)
    assert.equal(names.path(inFolder), `folder/name-${index}`)
    assert.equal(names.findOrAdd(ROOT, `name-${index}`), inRoot)
  }
  assert.equal(names.find(ROOT, "name-20000"), NONE)
  assert.equal([...names.children(folder)].length, 20_000)
})

test("a new name has no inode, and one that is taken away keeps its number", () => {
  const names = new NameTable(new TextArena())
  const name = names.findOrAdd(ROOT, "n")
  assert.equal(names.inode(name), NONE)
  names.setInode(name, 0)
  assert.equal(names.inode(name), 0)
  names.setInode(name, NONE)
  assert.equal(names.findOrAdd(ROOT, "n"), name)
})

test("names of the longest kind are kept whole", () => {
  const names = new NameTable(new TextArena())
  const longest = Array.from({ length: 3000 }, (_, index) => `${index}`.padStart(255, "ab"))
  for (const name of longest) assert.equal(names.path(names.findOrAdd(ROOT, name)), name)
})

test("a whiteout is new once in a layer, for a name itself and for what is inside of it", () => {
  const names = new NameTable(new TextArena())
  const name = names.findOrAdd(ROOT, "n")
  for (const layer of [1, 2]) {
    assert.ok(names.markWhiteout(name, "inside", layer))
    assert.ok(names.markWhiteout(name, "itself", layer))
    assert.ok(!names.markWhiteout(name, "inside", layer))
    assert.ok(!names.markWhiteout(name, "itself", layer))
  }
})
