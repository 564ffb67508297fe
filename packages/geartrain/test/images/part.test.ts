import assert from "node:assert/strict"
import { test } from "node:test"
import type { TreeEntry } from "@geartrain/spec"
import { pickEntries, surveyTree } from "../../src/images/index.ts"
import { makeTar, type TestEntry } from "./support/make-tar.ts"
import { bytesOf, pieces, scanImage } from "./support/read-image.ts"

const PROGRAM = `#!/bin/sh\n${"x".repeat(10_000)}`
const TREE: readonly TestEntry[] = [
  { path: "bin", type: "folder" },
  { path: "data", type: "folder", mode: 0o700, uid: 7 },
  { path: "link", type: "link", target: "data/b" },
  { path: "bin/run", body: PROGRAM, mode: 0o755 },
  { path: "data/a", body: "the same", xattrs: new Map([["user.note", Buffer.from("kept")]]) },
  { path: "data/holes", size: 3_000_000, segments: [{ offset: 2_000_000, length: 4 }], body: "data" },
  { path: "data/b", type: "hard-link", target: "data/a" },
  { path: "data/c", type: "hard-link", target: "data/a" },
]
const TAR = makeTar(TREE)

async function entriesOf(tar: Buffer): Promise<readonly TreeEntry[]> {
  return [...(await scanImage(tar)).treeEntries()]
}

/** What the whole tree has under these names. */
async function wanted(names: readonly string[]): Promise<readonly TreeEntry[]> {
  return (await entriesOf(TAR)).filter(({ path }) => names.includes(path))
}

async function picked(...names: readonly string[]): Promise<Buffer> {
  const survey = await surveyTree(pieces(TAR, 1000), { reference: "tree" })
  return bytesOf(pickEntries(pieces(TAR, 1000), { names: new Set(names), survey, reference: "tree" }))
}

test("a survey tells every name, how programs begin, and which names are of one file", async () => {
  const { entries, furtherNames } = await surveyTree(pieces(TAR, 700), { reference: "tree" })
  assert.deepEqual([...entries.keys()].toSorted(), TREE.map(({ path }) => path).toSorted())
  assert.deepEqual(entries.get("link"), { type: "link", target: "data/b", sizeBytes: 0 })
  assert.equal(Buffer.from(entries.get("bin/run")?.head ?? []).toString(), PROGRAM.slice(0, 4096))
  assert.equal(entries.get("data/c")?.sizeBytes, 8)
  assert.equal(entries.get("data/a")?.head, undefined)
  assert.deepEqual([...furtherNames], [["data/a", ["data/b", "data/c"]]])
})

test("everything that is picked is as it was", async () => {
  const names = TREE.map(({ path }) => path)
  assert.deepEqual(await entriesOf(await picked(...names)), await wanted(names))
})

test("a part has the wanted names with all that they had, and no others", async () => {
  const names = ["data", "data/holes", "link"]
  const part = await entriesOf(await picked(...names))
  assert.deepEqual(part, await wanted(names))
  assert.equal(part.length, 3)
})

test("a file whose first name is not wanted comes under the next, and the names after that are still its own", async () => {
  const names = ["data", "data/b", "data/c"]
  const part = await picked(...names)
  assert.deepEqual(await entriesOf(part), await wanted(names))
  const { furtherNames } = await surveyTree(pieces(part, 1000), { reference: "part" })
  assert.deepEqual([...furtherNames], [["data/b", ["data/c"]]])
})
