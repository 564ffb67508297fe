import assert from "node:assert/strict"
import {
  chmodSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { TREE_LISTING_HEADER, type TreeEntry, treeLine } from "@geartrain/spec"
import { folderOf } from "../../../../test/archive/upload-plan/folder-of.ts"
import { sha256 } from "../../../system/hash.ts"
import { checkAttributes } from "./check-attributes.ts"
import { checkTree } from "./check-tree.ts"

const TEXT = "what a file holds"
const COMMON = { mode: 0o755, uid: 0, gid: 0, mtime: 1_700_000_000, xattrs: new Map<string, Uint8Array>() }
const HELD = { sizeBytes: TEXT.length, digest: sha256(Buffer.from(TEXT)) }
const ENTRIES: readonly TreeEntry[] = [
  { ...COMMON, type: "folder", path: "a" },
  { ...COMMON, type: "file", path: "a/file", mode: 0o644, size: HELD.sizeBytes, digest: HELD.digest },
  { ...COMMON, type: "link", path: "a/link", target: "file" },
  // No disk of an ordinary user's has it, so it is missed only where owners are true.
  { ...COMMON, type: "character-device", path: "a/null", major: 1, minor: 3 },
  { ...COMMON, type: "folder", path: "empty" },
]

/** A stored tree that is as its listing says. */
function stored(context: TestContext, entries = ENTRIES): string {
  const folder = folderOf(context, {
    listing: TREE_LISTING_HEADER + entries.map(treeLine).join(""),
    uncounted: `${JSON.stringify(["dev/left", HELD.digest.slice(7), HELD.sizeBytes])}\n`,
    "tree/a/file": TEXT,
    "tree/dev/left": TEXT,
  })
  symlinkSync("file", join(folder, "tree/a/link"))
  mkdirSync(join(folder, "tree/empty"))
  for (const [path, mode] of [
    ["a/file", 0o644],
    ["a", 0o755],
    ["empty", 0o755],
  ] as const)
    chmodSync(join(folder, "tree", path), mode)
  utimesSync(join(folder, "tree/a/file"), COMMON.mtime, COMMON.mtime)
  return folder
}

async function faultsOf(folder: string): Promise<readonly string[]> {
  const faults: string[] = []
  for await (const fault of checkTree(folder, { trueOwners: false })) faults.push(fault)
  return faults
}

test("a tree that is as its listing says has no fault", async (context) => {
  assert.deepEqual(await faultsOf(stored(context)), [])
})

test("whatever is changed in a tree is told by its name, and nothing else is", async (context) => {
  const file = (folder: string): string => join(folder, "tree/a/file")
  const rewrite = (path: string, text: string): void => {
    writeFileSync(path, text)
    utimesSync(path, COMMON.mtime, COMMON.mtime)
  }
  const cases: readonly (readonly [change: (folder: string) => void, ...faults: readonly string[]])[] = [
    [(folder) => unlinkSync(file(folder)), 'its entry "a/file" is missing'],
    [(folder) => rewrite(file(folder), TEXT.toUpperCase()), 'its entry "a/file" has other bytes'],
    [(folder) => rewrite(file(folder), `${TEXT}!`), 'its entry "a/file" has other bytes'],
    [(folder) => chmodSync(file(folder), 0o4644), 'its entry "a/file" has mode 4644, not 0644'],
    [(folder) => utimesSync(file(folder), 1, 1), 'its entry "a/file" has another modification time'],
    [(folder) => chmodSync(join(folder, "tree/empty"), 0o700), 'its entry "empty" has mode 0700, not 0755'],
    [(folder) => writeFileSync(join(folder, "tree/empty/x"), ""), 'its folder "empty" has 1 entries too many'],
    [(folder) => symlinkSync("x", join(folder, "tree/y")), 'its folder "" has 1 entries too many'],
    [(folder) => truncateSync(join(folder, "tree/dev/left"), 3), 'its entry "dev/left" has other bytes'],
    [(folder) => unlinkSync(join(folder, "tree/dev/left")), 'its entry "dev/left" has other bytes'],
    [relink, 'its entry "a/link" points elsewhere'],
    // A link that stands for a folder is not followed: it may lead out of the tree, or nowhere.
    ...["a", "/", "empty", "none"].map(
      (target) => [(folder: string) => retype(folder, target), 'its entry "empty" is of another type'] as const,
    ),
  ]
  for (const [change, ...faults] of cases) {
    const folder = stored(context)
    change(folder)
    assert.deepEqual(await faultsOf(folder), faults)
  }
})

function relink(folder: string): void {
  const path = join(folder, "tree/a/link")
  unlinkSync(path)
  symlinkSync("/etc/passwd", path)
}

function retype(folder: string, target: string): void {
  rmSync(join(folder, "tree/empty"), { recursive: true })
  symlinkSync(target, join(folder, "tree/empty"))
}

test("what lies in folders of the runtime does not count, and a folder that is gone is told with all in it", async (context) => {
  const folder = stored(context)
  writeFileSync(join(folder, "tree/dev/other"), "x")
  assert.deepEqual(await faultsOf(folder), [])
  renameSync(join(folder, "tree/a"), join(folder, "a"))
  assert.deepEqual(await faultsOf(folder), [
    'its entry "a" is missing',
    'its entry "a/file" is missing',
    'its entry "a/link" is missing',
  ])
})

test("a name that would move a terminal's cursor is told so that it does not", async (context) => {
  const folder = stored(context, [...ENTRIES, { ...COMMON, type: "folder", path: "x\u001b[2J\n" }])
  assert.deepEqual(await faultsOf(folder), ['its entry "x\\u001b[2J\\n" is missing'])
})

test("attributes that the listing has and the disk has not are told", async (context) => {
  const xattrs = new Map([["user.note", Buffer.from("x")]])
  const folder = stored(
    context,
    ENTRIES.map((entry) => (entry.path === "a/file" ? { ...entry, xattrs } : entry)),
  )
  const faults: string[] = []
  for await (const fault of checkAttributes(folder, { trueOwners: false })) faults.push(fault)
  assert.deepEqual(faults, ['its entry "a/file" has other extended attributes'])
})

test("a tree that cannot be packed is told, and not thrown", async (context) => {
  const folder = stored(context)
  rmSync(join(folder, "tree"), { recursive: true })
  const faults: string[] = []
  for await (const fault of checkAttributes(folder, { trueOwners: true })) faults.push(fault)
  assert.equal(faults.length, 1)
  assert.match(faults[0] ?? "", /^its extended attributes cannot be read: /)
})
