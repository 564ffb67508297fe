import assert from "node:assert/strict"
import { readdirSync } from "node:fs"
import { tmpdir } from "node:os"
import { test } from "node:test"
import { gzipSync, zstdCompressSync } from "node:zlib"
import { file, npy } from "../../../test/formats/sample-files.ts"
import { makeTar, type TestEntry } from "../../../test/images/support/make-tar.ts"
import { compareFiles } from "../compare-files.ts"
import type { FileComparison } from "../file-comparison.ts"
import type { FileSource } from "../file-source.ts"

/** The same file, readable from any place, as one on a disk is. */
function inPlace(name: string, content: Uint8Array): FileSource {
  return { ...file(name, content), part: (start, end) => file(name, content.subarray(start, end)).chunks() }
}

/** Compares two archives as they are, in place, and in both compressions, which has to tell the same. */
async function compareTars(a: readonly TestEntry[], b: readonly TestEntry[]): Promise<FileComparison> {
  const [one, two] = [makeTar(a), makeTar(b)]
  const found = await compareFiles(file("a.tar", one), file("b.tar", two))
  assert.equal(found.format, "tar")
  assert.deepEqual(await compareFiles(inPlace("a.tar", one), inPlace("b.tar", two)), found)
  assert.deepEqual(await compareFiles(file("a.tgz", gzipSync(one)), file("b.tar.gz", gzipSync(two))), {
    ...found,
    format: "gzip of tar",
  })
  const zstd = await compareFiles(file("a.tar.zst", zstdCompressSync(one)), file("b.tzst", zstdCompressSync(two)))
  assert.deepEqual(zstd, { ...found, format: "zstd of tar" })
  return found
}

const PLAIN: readonly TestEntry[] = [
  { path: "d", type: "folder" },
  { path: "d/v.json", body: '{"v": 1}' },
  { path: "d/empty", body: "" },
  { path: "d/link", type: "link", target: "v.json" },
]

function changed(path: string, change: Partial<TestEntry>): readonly TestEntry[] {
  return PLAIN.map((entry) => (entry.path === path ? { ...entry, ...change } : entry))
}

test("tar: members whose bytes differ are compared by their own formats", async () => {
  const found = await compareTars(PLAIN, changed("d/v.json", { body: '{"v": 2}' }))
  assert.equal(found.summary, "1 members differ")
  assert.deepEqual(found.differences, [{ place: "d/v.json (json): $.v", a: "1", b: "2" }])
  const alike = await compareTars(PLAIN, changed("d/v.json", { body: '{ "v": 1.0 }' }))
  assert.equal(alike.same, true)
})

test("tar: times, modes, owners and targets are told apart from contents", async () => {
  const found = await compareTars(
    PLAIN,
    changed("d/v.json", { mtime: 1_600_000_001, mode: 0o755, uid: 5 }).map((entry) =>
      entry.path === "d/link" ? { ...entry, target: "empty" } : entry,
    ),
  )
  assert.equal(
    found.summary,
    "1 members have another time; 1 members have another mode; 1 members have another owner; 1 members have another target",
  )
  assert.deepEqual(found.differences, [
    { place: "d/link: target", a: "v.json", b: "empty" },
    { place: "d/v.json: time", a: "2020-09-13T12:26:40.000Z", b: "2020-09-13T12:26:41.000Z" },
    { place: "d/v.json: mode", a: "0644", b: "0755" },
    { place: "d/v.json: owner", a: "0:0", b: "5:0" },
  ])
})

test("tar: members in one only, of another type, and in another order", async () => {
  const gone = await compareTars(PLAIN, PLAIN.slice(0, 2))
  assert.equal(gone.summary, "2 members are in one only")
  const other = await compareTars(PLAIN, changed("d/empty", { type: "folder" }))
  assert.deepEqual(
    other.differences.map(({ place }) => place),
    ["d/empty: type", "d/empty: mode"],
  )
  const moved = await compareTars(PLAIN, PLAIN.toReversed())
  assert.deepEqual([moved.same, moved.onlyOrder, moved.summary], [false, true, "the same 4 members, in another order"])
})

test("tar: of two members with one name each is compared with its like", async () => {
  const twice = [...PLAIN, { path: "./d/v.json", body: "second" }]
  const found = await compareTars(twice, [...PLAIN, { path: "d/v.json", body: "decond" }])
  assert.deepEqual(found.differences, [
    { place: "d/v.json (entry 2 of this name) (text): line 1", a: "second", b: "decond" },
  ])
})

test("tar: numbers in a member are measured, holes of sparse files included", async () => {
  const volume = (last: number): Buffer => npy([[1, 2, last]])
  const found = await compareTars([{ path: "a.npy", body: volume(3) }], [{ path: "a.npy", body: volume(4) }])
  assert.deepEqual(found.differences, [{ place: "a.npy (npy): [0, 2]", a: "3", b: "4" }])
  const sparse = (byte: string): TestEntry => ({
    path: "s",
    body: byte,
    size: 5_000_000,
    segments: [{ offset: 4_999_999, length: 1 }],
  })
  const holes = await compareFiles(file("a.tar", makeSparse(sparse("x"))), file("b.tar", makeSparse(sparse("y"))))
  assert.deepEqual(holes.differences, [{ place: "s (bytes): offset 4999999", a: "78", b: "79" }])
})

/** Padding is that of the stored byte and not of the size. */
function makeSparse(entry: TestEntry): Buffer {
  return makeTar([entry])
}

test("tar: one that is cut short or damaged is compared as bytes, with the reason", async () => {
  const whole = makeTar(PLAIN)
  const cut = await compareFiles(file("a.tar", whole), file("b.tar", whole.subarray(0, 1300)))
  assert.equal(cut.format, "bytes")
  assert.match(cut.summary, /; compared as bytes, since one is no readable tar: entry "d\/v.json" is cut short$/)
})

test("tar: what was set aside is gone afterwards, also when a member cannot be read", async () => {
  const before = asideFolders()
  const gzip = gzipSync("x".repeat(5000))
  const damaged = Buffer.from(gzip)
  damaged.writeUInt8(7, 12)
  const found = await compareFiles(
    file("a.tar", makeTar([{ path: "m.gz", body: gzip }])),
    file("b.tar", makeTar([{ path: "m.gz", body: damaged }])),
  )
  assert.match(found.differences[0]?.place ?? "", /^m\.gz \(bytes\): offset 12$/)
  assert.deepEqual(asideFolders(), before)
})

function asideFolders(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith("geartrain-diff-"))
}
