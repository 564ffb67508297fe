import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { versionedPlace } from "../folders/commit-store.ts"
import { treeDigest } from "../folders/tree.ts"
import { ArchiveTree, type ListedFile } from "./archive-tree.ts"

const DIGEST = `sha256:${"0".repeat(64)}`

function listed(path: string, more: object = {}): ListedFile {
  const labels = path.split("/")
  const name = labels.pop() ?? ""
  return { id: idOf(path), name, labels, version: 1, digest: DIGEST, sizeBytes: 1, ...more }
}

/** One for each path. */
function idOf(path: string): string {
  return Buffer.from(path).toString("hex").padEnd(24, "0").slice(-24)
}

function treeOf(...files: readonly unknown[]): ReturnType<ArchiveTree["files"]> {
  const tree = new ArchiveTree("lab/study")
  tree.add(files as readonly ListedFile[])
  return tree.files()
}

test("files lie by the labels on the way to them, in the order of their paths, each with its version", () => {
  const files = treeOf(listed("b/x", { version: 3, type: "nifti" }), listed("b-c"), listed("a"))
  assert.deepEqual(
    files.map(({ path }) => path),
    ["a", "b-c", "b/x"],
  )
  assert.deepEqual(files[2], {
    ...{ path: "b/x", digest: DIGEST, sizeBytes: 1, type: "nifti" },
    archive: { file: idOf("b/x"), version: 3 },
  })
})

test("another version, id or type of a file is another tree, even with the same content", () => {
  const digests = [{}, { version: 2 }, { id: "f".repeat(24) }, { type: "text" }].map((more) =>
    treeDigest(treeOf(listed("a", more))),
  )
  assert.equal(new Set(digests).size, 4)
  assert.equal(treeDigest(treeOf(listed("a"))), digests[0])
})

test("a file that moved from page to page is one, and two of one path are refused", () => {
  const tree = new ArchiveTree("lab/study")
  tree.add([listed("a/x")])
  tree.add([listed("a/x", { version: 2 }), listed("b/y")])
  tree.add([listed("c/y", { id: idOf("b/y") })])
  assert.deepEqual(
    tree.files().map(({ path, archive }) => [path, archive?.version]),
    [
      ["a/x", 2],
      ["c/y", 1],
    ],
  )
  assert.throws(() => tree.add([listed("a/x", { id: "f".repeat(24) })]), {
    ...{ code: "PIPELINE_ARCHIVE_UNFIT", message: /"lab\/study": two files have path "a\/x"/ },
  })
  assert.throws(() => treeOf(listed("a"), listed("a/x")), { message: /"a" is a file and a place/ })
})

test("what a server says is believed only if it can be", () => {
  const hostile: readonly unknown[] = [
    ...["..", ".", "", "a\0b", "a\nb", "x".repeat(256)].map((name) => listed("a", { name })),
    ...[["a/b"], [".."], [""], [1], Array(12).fill("a")].map((labels) => listed("a", { labels })),
    ...[undefined, "a", {}].map((labels) => listed("a", { labels })),
    ...["", "../../etc", "F".repeat(24), 7, undefined].map((id) => listed("a", { id })),
    ...["sha256:1", "0".repeat(64), "../x", undefined, 5].map((digest) => listed("a", { digest })),
    ...[-1, 1.5, "1", Number.NaN, undefined].flatMap((count) => [
      listed("a", { version: count }),
      listed("a", { sizeBytes: count }),
    ]),
    ...["x".repeat(300), 5, null].map((type) => listed("a", { type })),
    ...[null, undefined, "file", 5],
  ]
  for (const one of hostile) {
    assert.throws(
      () => treeOf(one),
      (error) => isGeartrainError(error, "PIPELINE_ARCHIVE_UNFIT"),
      JSON.stringify(one),
    )
  }
})

test("a place is known by its server, its path and the files that are asked for", () => {
  const query = { server: "https://gear.example", place: "lab/study" }
  const { name } = versionedPlace(query)
  assert.match(name, /^study-[0-9a-f]{8}$/)
  assert.equal(versionedPlace({ ...query, place: "/lab//study/" }).name, name)
  const others = [{ place: "lab2/study" }, { server: "https://other.example" }, { type: "nifti" }, { tag: "nifti" }]
  assert.equal(new Set([name, ...others.map((more) => versionedPlace({ ...query, ...more }).name)]).size, 5)
})
