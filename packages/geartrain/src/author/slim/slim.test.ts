import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { compareRuns, type RunOutcome } from "./compare-runs.ts"
import { programNeeds } from "./program-needs.ts"
import { slimManifest, slimName } from "./slim-manifest.ts"
import { slimNames } from "./slim-names.ts"
import { treeSize } from "./tree-size.ts"
import { type NamedEntry, UsedNames } from "./used-names.ts"

function script(line: string): NamedEntry {
  return { type: "file", head: Buffer.from(line) }
}

const FILE: NamedEntry = { type: "file" }
const FOLDER: NamedEntry = { type: "folder" }

function link(target: string): NamedEntry {
  return { type: "link", target }
}

const TREE = new Map<string, NamedEntry>([
  ["bin", link("usr/bin")],
  ["etc", FOLDER],
  ["etc/alternatives", FOLDER],
  ["etc/alternatives/awk", link("/usr/bin/mawk")],
  ["lib64", FOLDER],
  ["lib64/ld.so", link("../usr/lib/ld-2.so")],
  ["loop", link("loop")],
  ["flywheel", FOLDER],
  ["flywheel/v0", FOLDER],
  ["flywheel/v0/manifest.json", FILE],
  ["flywheel/v0/run", script("#!/usr/bin/env python3\n")],
  ["usr", FOLDER],
  ["usr/bin", FOLDER],
  ["usr/bin/awk", link("/etc/alternatives/awk")],
  ["usr/bin/mawk", FILE],
  ["usr/bin/env", script("#!/bin/interpreter  -x y\n")],
  ["usr/bin/interpreter", FILE],
  ["usr/lib", FOLDER],
  ["usr/lib/ld-2.so", FILE],
  ["usr/share", FOLDER],
])

function used(...paths: readonly string[]): readonly string[] {
  const names = new UsedNames(TREE)
  for (const subject of paths) names.event({ action: "look", subject, succeeded: true })
  return [...names.names].toSorted()
}

test("every link and folder on the way to a name is used, and so is what it leads to", () => {
  assert.deepEqual(used("/bin/awk"), [
    "bin",
    "etc",
    "etc/alternatives",
    "etc/alternatives/awk",
    "usr",
    "usr/bin",
    "usr/bin/awk",
    "usr/bin/mawk",
  ])
  assert.deepEqual(used("/bin/../lib/./ld-2.so"), ["bin", "usr", "usr/bin", "usr/lib", "usr/lib/ld-2.so"])
  assert.deepEqual(used("/../../etc"), ["etc"])
})

test("what is not there, or never ends, uses only what is on the way", () => {
  assert.deepEqual(used("/usr/share/missing", "/nowhere/at/all"), ["usr", "usr/share"])
  assert.deepEqual(used("/loop/x"), ["loop"])
})

test("an address is no name, and what failed counts: that a file is there can be why", () => {
  const names = new UsedNames(TREE)
  names.event({ action: "connect", subject: "127.0.0.1:9", succeeded: true })
  names.event({ action: "write", subject: "/usr/share", succeeded: false })
  assert.deepEqual([...names.names], ["usr", "usr/share"])
})

test("a program that is executed uses what the kernel opens for it, to the end of the chain", () => {
  const names = new UsedNames(TREE)
  names.event({ action: "read", subject: "/flywheel/v0/run", succeeded: true })
  assert.ok(!names.names.has("usr/bin/env"))
  names.event({ action: "execute", subject: "/flywheel/v0/run", succeeded: true })
  assert.ok(names.names.has("usr/bin/env") && names.names.has("usr/bin/interpreter"))
})

test("a slim gear has its manifest and its program, and the folders and links at the top of its root", () => {
  const { names } = slimNames(TREE)
  for (const name of ["flywheel/v0/manifest.json", "flywheel/v0/run", "usr/bin/interpreter", "bin", "lib64", "loop"])
    assert.ok(names.has(name), name)
  assert.ok(!names.has("usr/bin/mawk") && !names.has("usr/share"))
})

test("the interpreter of a script and the loader of a program are what the kernel takes", () => {
  const needs = (text: string): string | undefined => programNeeds(Buffer.from(text))
  assert.equal(needs("#!/bin/sh\n"), "/bin/sh")
  assert.equal(needs("#! \t/bin/sh -e\n"), "/bin/sh")
  assert.equal(needs("#!"), undefined)
  assert.equal(needs("#!relative\n"), undefined)
  assert.equal(needs("echo\n"), undefined)
  assert.match(programNeeds(readFileSync("/bin/cat").subarray(0, 4096)) ?? "", /^\/.*ld/)
})

test("a program whose header lies needs nothing", () => {
  const elf = Buffer.alloc(4096)
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]).copy(elf)
  elf.writeUInt16LE(0xffff, 0x38)
  for (const table of [0n, 64n, 4090n, 2n ** 63n]) {
    elf.writeBigUInt64LE(table, 0x20)
    for (const size of [0, 1, 56, 0xffff]) {
      elf.writeUInt16LE(size, 0x36)
      assert.equal(programNeeds(elf), undefined)
    }
  }
  elf.writeBigUInt64LE(64n, 0x20)
  elf.writeUInt16LE(56, 0x36)
  elf.writeUInt32LE(3, 64)
  elf.writeBigUInt64LE(2n ** 40n, 72)
  assert.equal(programNeeds(elf), undefined)
})

test("runs are equal when exit codes, outputs and bytes are, and each difference is told", () => {
  const run = (digests: Readonly<Record<string, string>>, code = 0): readonly RunOutcome[] => [
    {
      test: "a",
      passed: true,
      problems: [],
      job: {
        exit: { code },
        outputs: Object.entries(digests).map(([path, digest]) => ({ path, digest: `sha256:${digest}`, sizeBytes: 1 })),
      },
    },
  ]
  assert.deepEqual(compareRuns(run({ x: "1" }), run({ x: "1" })), [])
  assert.deepEqual(compareRuns(run({ x: "1", y: "1" }), run({ x: "2", z: "1" }, 3)), [
    "test a: the exit code was 0 and is 3",
    "test a: output x has other bytes",
    "test a: output y is missing",
    "test a: output z is new",
  ])
  assert.deepEqual(compareRuns(run({}), []), ["test a was not run"])
  assert.deepEqual(compareRuns(run({}), [{ test: "a", passed: false, problems: ["no"] }]), ["test a could not be run"])
})

test("a slim gear has a name of its own, and says what it is a part of", () => {
  assert.deepEqual(slimName({ name: "a", version: "1.0.0-dev" }), { name: "a-slim", version: "1.0.0-dev" })
  const manifest = { name: "a", version: "1", custom: { other: 1, geartrain: { resources: { cpus: 2 } } } }
  const slim = slimManifest({ id: "sha256:1", manifest } as never, { name: "b", version: "2" })
  assert.deepEqual([slim.name, slim.version], ["b", "2"])
  assert.deepEqual(slim.custom, { other: 1, geartrain: { resources: { cpus: 2 }, slimOf: "sha256:1" } })
})

test("the size of a tree is that of its files, all or some", () => {
  const tree = new Map([
    ["a", { type: "folder", sizeBytes: 0 }],
    ["a/b", { type: "file", sizeBytes: 3 }],
    ["a/c", { type: "file", sizeBytes: 4 }],
  ] as const)
  assert.deepEqual(treeSize(tree), { files: 2, sizeBytes: 7 })
  assert.deepEqual(treeSize(tree, new Set(["a", "a/c"])), { files: 1, sizeBytes: 4 })
})
