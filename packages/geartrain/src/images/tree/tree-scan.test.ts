import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { test } from "node:test"
import type { TarEntry } from "../../packing/tar/tar-entry.ts"
import { DEFAULT_LIMITS } from "../limits/image-limits.ts"
import { UnpackBudget } from "../limits/unpack-budget.ts"
import { elfArchitecture } from "./elf-architecture.ts"
import { KIND } from "./inode-table.ts"
import { LayerMerger } from "./layer-merger.ts"
import { NONE } from "./name-table.ts"
import { createTreeContents, type TreeContents } from "./tree-contents.ts"
import { treeEntryOf } from "./tree-entry-of.ts"
import { platformOfTree } from "./tree-platform.ts"
import { createTreeScan, MANIFEST_PATH, type TreeScan, withFile } from "./tree-scan.ts"
import { findFile, walkFolders } from "./walk-path.ts"

const PLACE = { reference: "a.tar" }
const AMD64 = Buffer.from("7f454c460201010000000000000000000200 3e00".replace(" ", ""), "hex")
const ARM64 = Buffer.from("7f454c460201010000000000000000000200 b700".replace(" ", ""), "hex")

type Wanted = Partial<TarEntry> & Pick<TarEntry, "path"> & { readonly body?: Buffer }

/** A tree of these entries, as the first pass over an image builds it. */
function treeOf(...entries: readonly Wanted[]): TreeContents {
  const contents = createTreeContents()
  const merger = new LayerMerger(contents, new UnpackBudget(DEFAULT_LIMITS, PLACE))
  merger.startLayer({ place: PLACE, kind: "flat" })
  for (const { body = Buffer.alloc(0), ...wanted } of entries) {
    const inode = merger.apply({
      type: "file",
      mode: 0o755,
      uid: 0,
      gid: 0,
      mtime: 0,
      size: body.length,
      target: "",
      major: 0,
      minor: 0,
      xattrs: new Map(),
      offset: 0,
      bodyOffset: 0,
      ...wanted,
    })
    if ((wanted.type ?? "file") !== "file") continue
    contents.inodes.setDigest(inode, createHash("sha256").update(body).digest())
    contents.inodes.setMachine(inode, elfArchitecture(body.subarray(0, 20)))
  }
  return contents
}

const link = (path: string, target: string): Wanted => ({ path, type: "link", target })
const folder = (path: string): Wanted => ({ path, type: "folder" })

async function listingOf(scan: TreeScan): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of scan.listing()) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

test("the tree digest is that of the listing, whose lines are in byte order and leave out what a runtime owns", async () => {
  const scan = createTreeScan(
    treeOf({ path: "b" }, { path: "a-b" }, { path: "a/b" }, folder("dev"), { path: "dev/null" }, { path: "etc/hosts" }),
    { warnings: [] },
  )
  const listing = await listingOf(scan)
  const paths = listing
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => (JSON.parse(line) as string[])[0])
  assert.deepEqual(paths, ["a", "a-b", "a/b", "b", "etc"])
  assert.equal(scan.entries, 5)
  assert.equal(scan.tree, `sha256:${createHash("sha256").update(listing).digest("hex")}`)
  assert.equal(await listingOf(scan), listing, "it may be read again")
})

test("a hard link counts like a file of its own, and an empty tree has a digest too", () => {
  const body = Buffer.from("body")
  const linked = createTreeScan(treeOf({ path: "a", body }, { path: "b", type: "hard-link", target: "a" }), {
    warnings: [],
  })
  const copied = createTreeScan(treeOf({ path: "b", body }, { path: "a", body }), { warnings: [] })
  assert.equal(linked.tree, copied.tree)
  assert.equal(linked.sizeBytes, 8)
  const names = linked.parts.names
  const { contents } = linked.parts
  const inode = contents.names.inode(findFile(contents, "a"))
  assert.deepEqual(
    [names.first(inode), names.next(names.first(inode))].map((name) => contents.names.path(name)),
    ["a", "b"],
  )
  assert.equal(names.next(names.next(names.first(inode))), NONE)
  assert.equal(
    createTreeScan(treeOf(), { warnings: [] }).tree,
    `sha256:${createHash("sha256").update("geartrain-tree/1\n").digest("hex")}`,
  )
})

test("the names of a file come in the order of the listing, however many they are, and however they came", () => {
  const scan = createTreeScan(
    treeOf(
      { path: "m" },
      { path: "z", type: "hard-link", target: "m" },
      { path: "alone" },
      { path: "a", type: "hard-link", target: "z" },
      { path: "b/c", type: "hard-link", target: "m" },
    ),
    { warnings: [] },
  )
  const { contents, names } = scan.parts
  const namesOf = (path: string): readonly string[] => {
    const found: string[] = []
    const inode = contents.names.inode(findFile(contents, path))
    for (let name = names.first(inode); name !== NONE; name = names.next(name)) found.push(contents.names.path(name))
    return found
  }
  assert.deepEqual(namesOf("m"), ["a", "b/c", "m", "z"])
  assert.deepEqual(namesOf("alone"), ["alone"])
})

test("another body for one file is the tree that would have been packed with it", () => {
  const old = { path: MANIFEST_PATH, body: Buffer.from("{}"), uid: 7, mtime: 9 }
  const changed = { ...old, body: Buffer.from('{"a":1}') }
  const scan = createTreeScan(treeOf(old, link("entry", MANIFEST_PATH)), { warnings: ["w"], manifest: old.body })
  const expected = createTreeScan(treeOf(changed, link("entry", MANIFEST_PATH)), { warnings: [] })
  for (const path of [MANIFEST_PATH, "entry"]) {
    const found = withFile(scan, path, changed.body)
    assert.equal(found?.tree, expected.tree, path)
    assert.deepEqual(found?.manifest, changed.body)
    assert.deepEqual(found?.warnings, ["w"])
  }
  assert.equal(withFile(scan, "flywheel", changed.body), undefined)
  assert.equal(withFile(scan, "none", changed.body), undefined)
})

test("a file is found through links as a process would, and no link leads out", () => {
  const contents = treeOf(
    { path: "usr/bin/sh" },
    link("bin", "usr/bin"),
    link("absolute", "/bin/sh"),
    link("out", "../../../../usr/bin/sh"),
    link("usr/up", ".."),
    link("loop", "loop"),
    link("a", "b"),
    link("b", "a"),
  )
  const pathOf = (path: string): string | undefined => {
    const name = findFile(contents, path)
    return name === NONE ? undefined : contents.names.path(name)
  }
  for (const path of ["usr/bin/sh", "bin/sh", "absolute", "out", "usr/up/bin/sh"]) {
    assert.equal(pathOf(path), "usr/bin/sh", path)
  }
  for (const path of ["loop", "a", "none", "bin", "usr/bin/sh/x", "none/sh"])
    assert.equal(pathOf(path), undefined, path)
})

test("a walk stops at what is no folder, and says why; links may be followed, or not", () => {
  const contents = treeOf({ path: "file" }, folder("dir"), link("to-dir", "dir"), link("loop", "./loop"))
  const walk = (path: string, links: "follow" | "stop") => {
    const found = walkFolders(contents, path.split("/"), { links })
    return "stopped" in found ? found.stopped : contents.names.path(found.found)
  }
  assert.equal(walk("dir", "stop"), "dir")
  assert.equal(walk("to-dir", "follow"), "dir")
  assert.equal(walk("to-dir", "stop"), "link")
  assert.equal(walk("dir/../../..", "follow"), "")
  assert.equal(walk("file", "follow"), "not-a-folder")
  assert.equal(walk("none", "follow"), "missing")
  assert.equal(walk("loop", "follow"), "loop")
})

test("a target of many steps that lead nowhere ends the walk, though it is no circle", () => {
  const contents = treeOf(folder("dir"), link("far", "dir/../".repeat(200)))
  const once = walkFolders(contents, ["far"], { links: "follow" })
  assert.ok("found" in once)
  const often = walkFolders(contents, Array<string>(10).fill("far"), { links: "follow" })
  assert.equal("stopped" in often && often.stopped, "loop")
})

test("the platform is that of the shell, else what all executables agree on, else unknown", () => {
  assert.equal(
    platformOfTree(treeOf({ path: "bin/sh", body: AMD64 }, { path: "opt/other", body: ARM64 })),
    "linux/amd64",
  )
  assert.equal(platformOfTree(treeOf({ path: "usr/bin/sh", body: ARM64 }, link("bin", "usr/bin"))), "linux/arm64")
  assert.equal(platformOfTree(treeOf({ path: "opt/tool", body: ARM64 }, { path: "opt/text" })), "linux/arm64")
  assert.equal(platformOfTree(treeOf({ path: "a", body: AMD64 }, { path: "b", body: ARM64 })), undefined)
  assert.equal(platformOfTree(treeOf({ path: "data", body: AMD64, mode: 0o644 })), undefined)
  assert.equal(platformOfTree(treeOf()), undefined)
})

test("devices have the numbers that they were packed with, to the largest", () => {
  const contents = treeOf({ path: "disk", type: "block-device", major: 0xfff, minor: 0xfffff })
  const name = contents.names.find(0, "disk")
  assert.equal(contents.inodes.kind(contents.names.inode(name)), KIND.blockDevice)
  const entry = treeEntryOf(contents, { name, path: "disk" })
  assert.deepEqual(
    [entry.type, "major" in entry && entry.major, "minor" in entry && entry.minor],
    ["block-device", 0xfff, 0xfffff],
  )
})
