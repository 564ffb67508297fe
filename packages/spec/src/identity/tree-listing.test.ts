import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import type { TreeEntry } from "./tree-entry.ts"
import { comparePaths, countsInTree, isCountedXattr, TREE_LISTING_HEADER, treeLine } from "./tree-listing.ts"

const COMMON = { mode: 0o755, uid: 0, gid: 0, mtime: 0, xattrs: new Map() } as const
const DIGEST = `sha256:${"ab".repeat(32)}` as const

// Golden: a change of these is a new version in the header, never the same version with another line.
const LINES: readonly (readonly [entry: TreeEntry, line: string])[] = [
  [
    {
      ...COMMON,
      type: "file",
      path: "bin/run",
      mode: 0o4755,
      uid: 1000,
      gid: 100,
      mtime: 1577836800.75,
      size: 12,
      digest: DIGEST,
    },
    `["bin/run","f",2541,1000,100,"${"ab".repeat(32)}",12,1577836800]\n`,
  ],
  [
    { ...COMMON, type: "file", path: "old", mtime: -0.5, size: 0, digest: DIGEST },
    `["old","f",493,0,0,"${"ab".repeat(32)}",0,-1]\n`,
  ],
  [{ ...COMMON, type: "folder", path: "tmp", mode: 0o1777, mtime: 5 }, '["tmp","d",1023,0,0]\n'],
  [{ ...COMMON, type: "link", path: "bin", mode: 0o777, target: "usr/bin" }, '["bin","l",0,0,"usr/bin"]\n'],
  [
    { ...COMMON, type: "character-device", path: "etc/null", mode: 0o666, major: 1, minor: 3 },
    '["etc/null","c",438,0,0,1,3]\n',
  ],
  [{ ...COMMON, type: "block-device", path: "sda", mode: 0o660, major: 8, minor: 0 }, '["sda","b",432,0,0,8,0]\n'],
  [{ ...COMMON, type: "fifo", path: "pipe", mode: 0o600 }, '["pipe","p",384,0,0]\n'],
  [
    {
      ...COMMON,
      type: "folder",
      path: 'é"\n',
      xattrs: new Map([
        ["user.b", new Uint8Array([0, 255])],
        ["security.capability", new Uint8Array([1])],
        ["security.selinux", new Uint8Array([9])],
        ["user.a", new Uint8Array()],
      ]),
    },
    '["é\\"\\n","d",493,0,0,{"security.capability":"01","user.a":"","user.b":"00ff"}]\n',
  ],
]

test("the listing is of version 1", () => assert.equal(TREE_LISTING_HEADER, "geartrain-tree/1\n"))

for (const [entry, line] of LINES) {
  test(`a ${entry.type} is the line ${line.trimEnd()}`, () => assert.equal(treeLine(entry), line))
}

test("what a runtime puts into every container does not count", () => {
  for (const path of ["", "dev", "dev/null", "proc", "proc/1/x", "sys", "sys/a", ".dockerenv", "run/.containerenv"]) {
    assert.equal(countsInTree({ path, type: "folder" }), false, path)
  }
  for (const path of ["etc/hosts", "etc/hostname", "etc/resolv.conf"]) {
    assert.equal(countsInTree({ path, type: "file" }), false, path)
    assert.equal(treeLine({ ...COMMON, type: "file", path, size: 1, digest: DIGEST }), "")
  }
  assert.equal(countsInTree({ path: "etc/mtab", type: "link", target: "/proc/mounts" }), false)
})

test("everything else counts, also what is named alike", () => {
  for (const path of [
    "device",
    "devices/x",
    "process",
    "etc/hosts.allow",
    "usr/dev/null",
    "run",
    "opt/.dockerenv",
    "sysroot",
  ]) {
    assert.equal(countsInTree({ path, type: "folder" }), true, path)
  }
  assert.equal(countsInTree({ path: "etc/mtab", type: "file" }), true)
  assert.equal(countsInTree({ path: "etc/mtab", type: "link", target: "../proc/self/mounts" }), true)
})

test("attributes that change what a program may do count, notes of the machine do not", () => {
  for (const name of ["security.capability", "user.x", "system.posix_acl_access", "system.posix_acl_default"]) {
    assert.equal(isCountedXattr(name), true, name)
  }
  for (const name of ["security.selinux", "security.ima", "trusted.overlay.opaque", "username", "system.nfs4_acl"]) {
    assert.equal(isCountedXattr(name), false, name)
  }
})

test("paths are ordered as their bytes in UTF-8 are", () => {
  const text = fc.string({
    unit: fc.constantFrom("a", "/", "b", "\u007f", "é", "\ud7ff", "\ue000", "\uffff", "😀", "\u{10ffff}"),
    maxLength: 6,
  })
  fc.assert(
    fc.property(
      fc.oneof(text, fc.string({ unit: "binary" })),
      fc.oneof(text, fc.string({ unit: "binary" })),
      (a, b) => {
        assert.equal(Math.sign(comparePaths(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)))
        assert.equal(Math.sign(comparePaths(b, a)), -Math.sign(comparePaths(a, b)) + 0)
      },
    ),
    { numRuns: 500 },
  )
  assert.equal(comparePaths("a/b", "a/b"), 0)
  assert.ok(comparePaths("a", "a/b") < 0)
  assert.ok(comparePaths("a/b", "a-b") > 0)
})
