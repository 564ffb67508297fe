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
  for (const _ of [1, 2]) {
    names.startLayer()
    assert.ok(names.markWhiteout(name, "inside"))
    assert.ok(names.markWhiteout(name, "itself"))
    assert.ok(!names.markWhiteout(name, "inside"))
    assert.ok(!names.markWhiteout(name, "itself"))
  }
})

test("names are found when the index was let go of, and new ones may come", () => {
  const names = new NameTable(new TextArena())
  for (let index = 0; index < 5000; index++) names.findOrAdd(ROOT, `name-${index}`)
  names.dropIndex()
  assert.equal(names.path(names.find(ROOT, "name-4999")), "name-4999")
  assert.equal(names.find(ROOT, "other"), NONE)
  names.dropIndex()
  assert.equal(names.findOrAdd(ROOT, "name-7"), names.find(ROOT, "name-7"))
  assert.equal(names.findOrAdd(ROOT, "other"), names.count - 1)
  assert.equal(names.count, 5002)
})

test("the names of a folder come in the order of their bytes, also those that were given later", () => {
  const names = new NameTable(new TextArena())
  const sorted = (): readonly string[] => {
    const children = names.sortedChildren()
    const found: string[] = []
    for (let name = children.first(ROOT); name !== 0; name = children.next(name)) found.push(names.path(name))
    return found
  }
  for (const name of ["b", "é", "a-b", "a"]) names.findOrAdd(ROOT, name)
  assert.deepEqual(sorted(), ["a", "a-b", "b", "é"])
  names.findOrAdd(ROOT, "aa")
  assert.deepEqual(sorted(), ["a", "a-b", "aa", "b", "é"])
  assert.deepEqual([...names.children(ROOT)].length, 5)
})

test("what a layer has touched is forgotten when the next begins", () => {
  const names = new NameTable(new TextArena())
  const name = names.findOrAdd(ROOT, "n")
  names.startLayer()
  names.touch(name)
  assert.ok(names.isTouched(name))
  names.startLayer()
  assert.ok(!names.isTouched(name))
})
