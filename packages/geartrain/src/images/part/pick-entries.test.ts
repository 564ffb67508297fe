import assert from "node:assert/strict"
import { test } from "node:test"
import { driveTar } from "../../packing/tar/read-tar.ts"
import type { TarEntry } from "../../packing/tar/tar-entry.ts"
import { bodyPadding, END_OF_ARCHIVE, encodeHeader, type WritableEntry } from "../../packing/tar/tar-writer.ts"
import { pickEntries } from "./pick-entries.ts"
import { plainPath, surveyTree } from "./survey-tree.ts"

type Wanted = Partial<WritableEntry> & { readonly path: string; readonly body?: string }

async function* tarOf(...entries: readonly Wanted[]): AsyncGenerator<Uint8Array> {
  for (const { body = "", ...wanted } of entries) {
    const rest = { type: "file", mode: 0o644, uid: 7, gid: 8, mtime: 5, target: "", major: 0, minor: 0 } as const
    const entry: WritableEntry = { ...rest, xattrs: new Map(), size: body.length, ...wanted }
    yield Buffer.concat([encodeHeader(entry), Buffer.from(body), bodyPadding(entry)])
  }
  yield END_OF_ARCHIVE
}

const TREE: readonly Wanted[] = [
  { path: "./", type: "folder", mode: 0o755 },
  { path: "./bin/", type: "folder", mode: 0o755 },
  { path: "./bin/run", mode: 0o755, body: "#!/bin/sh\n" },
  { path: "./bin/again", type: "hard-link", target: "./bin/run" },
  { path: "./bin/third", type: "hard-link", target: "./bin/run" },
  { path: "./data", body: "x".repeat(600) },
  { path: "./link", type: "link", target: "bin/run" },
  { path: "./pipe", type: "fifo" },
]

const REFERENCE = "gear"

/** Each entry of what was picked, with its body. */
async function picked(names: readonly string[], tree = TREE): Promise<readonly (readonly string[])[]> {
  const survey = await surveyTree(tarOf(...tree), { reference: REFERENCE })
  const part = { names: new Set(names), survey, reference: REFERENCE }
  const chunks: Buffer[] = []
  for await (const chunk of pickEntries(tarOf(...tree), part)) chunks.push(Buffer.from(chunk))
  const found: (readonly [TarEntry, string[]])[] = []
  const visitor = {
    entry: (entry: TarEntry) => {
      found.push([entry, []])
      return "read" as const
    },
    data: (bytes: Buffer) => void found.at(-1)?.[1].push(bytes.toString("utf8")),
    hole: () => undefined,
    endOfFile: () => undefined,
  }
  const read = (async function* () {
    yield Buffer.concat(chunks)
  })()
  for await (const _ of driveTar(read, visitor, { place: { reference: REFERENCE } }));
  return found.map(([entry, body]) => [entry.type, entry.path, body.join("") || entry.target])
}

test("a survey has every name but the root's, what it is, and how programs begin", async () => {
  const long = "y".repeat(5000)
  const { entries, furtherNames } = await surveyTree(tarOf(...TREE, { path: "long", mode: 0o100, body: long }), {
    reference: REFERENCE,
  })
  assert.deepEqual([...entries.keys()], ["bin", "bin/run", "bin/again", "bin/third", "data", "link", "pipe", "long"])
  assert.deepEqual(entries.get("bin"), { type: "folder", sizeBytes: 0 })
  assert.deepEqual(entries.get("data"), { type: "file", sizeBytes: 600 })
  assert.deepEqual(entries.get("link"), { type: "link", target: "bin/run", sizeBytes: 0 })
  assert.deepEqual(entries.get("pipe"), { type: "other", sizeBytes: 0 })
  assert.equal(Buffer.from(entries.get("bin/third")?.head ?? "").toString(), "#!/bin/sh\n")
  assert.deepEqual([entries.get("long")?.head?.length, entries.get("long")?.sizeBytes], [4096, 5000])
  assert.deepEqual([...furtherNames], [["bin/run", ["bin/again", "bin/third"]]])
})

test("a name of a file that is not there is no name, and a path is the same however it is written", async () => {
  const tree: readonly Wanted[] = [{ path: "a", type: "hard-link", target: "none" }]
  const { entries, furtherNames } = await surveyTree(tarOf(...tree), { reference: REFERENCE })
  assert.deepEqual([entries.size, furtherNames.size], [0, 0])
  for (const path of ["a/b", "./a/b", "a//b/", "/a/./b"]) assert.equal(plainPath(path), "a/b")
  assert.equal(plainPath("./"), "")
})

test("the root and the wanted entries stay as they were, in their order", async () => {
  assert.deepEqual(await picked(["bin", "bin/run", "data", "pipe", "link"]), [
    ["folder", "./", ""],
    ["folder", "bin/", ""],
    ["file", "bin/run", "#!/bin/sh\n"],
    ["file", "data", "x".repeat(600)],
    ["link", "link", "bin/run"],
    ["fifo", "pipe", ""],
  ])
  assert.deepEqual(await picked([]), [["folder", "./", ""]])
})

test("a file whose first name is not wanted comes under its next, and others lead there", async () => {
  assert.deepEqual(await picked(["bin", "bin/again", "bin/third"]), [
    ["folder", "./", ""],
    ["folder", "bin/", ""],
    ["file", "bin/again", "#!/bin/sh\n"],
    ["hard-link", "bin/third", "bin/again"],
  ])
  assert.deepEqual(await picked(["bin/third"]), [
    ["folder", "./", ""],
    ["file", "bin/third", "#!/bin/sh\n"],
  ])
  assert.deepEqual(await picked(["bin/run", "bin/third"]), [
    ["folder", "./", ""],
    ["file", "bin/run", "#!/bin/sh\n"],
    ["hard-link", "bin/third", "bin/run"],
  ])
})

test("whoever stops is heard by both", async () => {
  const signal = AbortSignal.abort(new Error("stopped"))
  await assert.rejects(surveyTree(tarOf(...TREE), { reference: REFERENCE, signal }), new Error("stopped"))
  const part = { names: new Set<string>(), survey: { furtherNames: new Map() }, reference: REFERENCE }
  const all = async (): Promise<void> => {
    for await (const _ of pickEntries(tarOf(...TREE), part, { signal }));
  }
  await assert.rejects(all(), new Error("stopped"))
})
