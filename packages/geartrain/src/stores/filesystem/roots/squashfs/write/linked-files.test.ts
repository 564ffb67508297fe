import assert from "node:assert/strict"
import { test } from "node:test"
import { TYPE } from "./entry-record.ts"
import { LinkedFiles } from "./linked-files.ts"

const INODE = { type: TYPE.file, number: 7, place: { block: 1, offset: 2 } }

test("names beside the first are counted, and the inode is found under it", () => {
  const linked = new LinkedFiles()
  const file = Buffer.from("a\0file")
  for (const _ of [1, 2, 3]) linked.note(file)
  linked.note(Buffer.from("another"))
  assert.equal(linked.size, 2)
  assert.equal(linked.further(file), 3)
  assert.equal(linked.further(Buffer.from("another")), 1)
  assert.equal(linked.inode(file), undefined)
  linked.written(file, INODE)
  assert.deepEqual(linked.inode(Buffer.from("a\0file")), INODE)
  assert.equal(linked.inode(Buffer.from("another")), undefined)
})

test("a file with one name has no others, and its inode is not kept", () => {
  const linked = new LinkedFiles()
  const file = Buffer.from("file")
  assert.equal(linked.further(file), 0)
  linked.written(file, INODE)
  assert.equal(linked.inode(file), undefined)
  linked.note(Buffer.from("other"))
  assert.equal(linked.further(file), 0)
  linked.written(file, INODE)
  assert.equal(linked.inode(file), undefined)
})

test("a key is told by its bytes: where they lie, and whether they are text, does not matter", () => {
  const linked = new LinkedFiles()
  const around = Buffer.from([9, 0xff, 0xfe, 0, 0xc3, 9])
  linked.note(around.subarray(1, 5))
  assert.equal(linked.further(Uint8Array.of(0xff, 0xfe, 0, 0xc3)), 1)
  assert.equal(linked.further(Uint8Array.of(0xff, 0xfd, 0, 0xc3)), 0)
})
