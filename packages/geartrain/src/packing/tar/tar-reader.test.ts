import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import fc from "fast-check"
import type { TarEntry } from "./tar-entry.ts"
import { SKIPPED } from "./tar-input.ts"
import { HOLE_PIECE_BYTES, type TarReaderOptions, type TarVisitor, tarReader } from "./tar-reader.ts"
import { bodyPadding, END_OF_ARCHIVE, encodeHeader, type WritableEntry } from "./tar-writer.ts"
import { walkTarFile } from "./walk-tar-file.ts"

const folder = mkdtempSync(join(tmpdir(), "geartrain-tar-"))
after(() => rmSync(folder, { recursive: true, force: true }))

const OPTIONS: TarReaderOptions = { place: { reference: "a.tar" } }

function entry(path: string, more: Partial<WritableEntry> = {}): WritableEntry {
  const fields = {
    type: "file",
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtime: 0,
    size: 0,
    target: "",
    major: 0,
    minor: 0,
  } as const
  return { ...fields, path, xattrs: new Map(), ...more }
}

function packed(path: string, body: string, more: Partial<WritableEntry> = {}): Buffer {
  const written = entry(path, { size: body.length, ...more })
  return Buffer.concat([encodeHeader(written), Buffer.from(body), bodyPadding(written)])
}

const LONG = `${"d".repeat(120)}/${"n".repeat(200)}`
const ARCHIVE = Buffer.concat([
  encodeHeader(entry("dir", { type: "folder", mode: 0o755 })),
  packed("dir/file", "the body"),
  packed(LONG, "x".repeat(1000), { xattrs: new Map([["user.a", Buffer.from([0, 255])]]) }),
  encodeHeader(entry("dir/link", { type: "link", target: "file" })),
  encodeHeader(entry("dir/second", { type: "hard-link", target: "dir/file" })),
  packed("empty", ""),
  END_OF_ARCHIVE,
])

/** Notes down all it is told; what comes in pieces is put together. */
class Notes implements TarVisitor {
  readonly entries: TarEntry[] = []
  readonly bodies: string[] = []
  holes = 0
  readonly #skip: (entry: TarEntry) => boolean

  constructor(skip: (entry: TarEntry) => boolean = () => false) {
    this.#skip = skip
  }

  entry(found: TarEntry): "read" | "skip" {
    this.entries.push(found)
    if (found.type !== "file" || this.#skip(found)) return "skip"
    this.bodies.push("")
    return "read"
  }

  data(bytes: Buffer): void {
    this.bodies[this.bodies.length - 1] += bytes.toString("latin1")
  }

  hole(sizeBytes: number): void {
    assert.ok(sizeBytes > 0 && sizeBytes <= HOLE_PIECE_BYTES)
    this.holes += sizeBytes
  }

  endOfFile(): void {
    this.bodies[this.bodies.length - 1] += "|"
  }
}

function read(pieces: readonly Buffer[], notes = new Notes(), options = OPTIONS): Notes {
  const reader = tarReader(notes, options)
  let step = reader.next()
  for (const piece of pieces) {
    step = reader.next(piece)
    while (step.done !== true && step.value === "again") step = reader.next(SKIPPED)
  }
  reader.next(undefined)
  return notes
}

function refusal(bytes: Buffer, options = OPTIONS): string {
  try {
    read([bytes], new Notes(), options)
  } catch (error) {
    assert.ok(isGeartrainError(error), String(error))
    return error.code
  }
  return "none"
}

test("an archive is told entry by entry, in its order", () => {
  const { entries, bodies } = read([ARCHIVE])
  assert.deepEqual(
    entries.map(({ type, path }) => [type, path]),
    [
      ["folder", "dir/"],
      ["file", "dir/file"],
      ["file", LONG],
      ["link", "dir/link"],
      ["hard-link", "dir/second"],
      ["file", "empty"],
    ],
  )
  assert.deepEqual(bodies, ["the body|", `${"x".repeat(1000)}|`, "|"])
  assert.deepEqual(
    [...(entries[2]?.xattrs ?? [])].map(([name, value]) => [name, [...value]]),
    [["user.a", [0, 255]]],
  )
  assert.equal(ARCHIVE.toString("latin1", entries[1]?.bodyOffset, (entries[1]?.bodyOffset ?? 0) + 8), "the body")
})

test("however the bytes come in pieces, the same is told", () => {
  const whole = read([ARCHIVE])
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(ARCHIVE.length), { maxLength: 12 }), (cuts) => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), ARCHIVE.length]
      const pieces = places.slice(1).map((end, index) => ARCHIVE.subarray(places[index], end))
      const cut = read(pieces.filter((piece) => piece.length > 0))
      assert.deepEqual(cut.entries, whole.entries)
      assert.deepEqual(cut.bodies, whole.bodies)
    }),
  )
})

test("an archive that is cut anywhere is refused as cut short, never read as a smaller one", () => {
  for (let length = 1; length < ARCHIVE.length - END_OF_ARCHIVE.length; length += 37) {
    assert.equal(refusal(ARCHIVE.subarray(0, length)), "IMAGE_TRUNCATED", String(length))
  }
  assert.equal(refusal(Buffer.alloc(0)), "IMAGE_FORMAT_UNKNOWN")
})

test("an end marker may only be missing where a digest vouches for the bytes", () => {
  const unmarked = ARCHIVE.subarray(0, ARCHIVE.length - END_OF_ARCHIVE.length)
  assert.equal(refusal(unmarked), "IMAGE_TRUNCATED")
  assert.equal(read([unmarked], new Notes(), { ...OPTIONS, mayEndAnywhere: true }).entries.length, 6)
})

test("after the end only zeros may come, for another reader might go on", () => {
  assert.equal(refusal(Buffer.concat([ARCHIVE, Buffer.alloc(10_240)])), "none")
  assert.equal(refusal(Buffer.concat([ARCHIVE, packed("hidden", "x")])), "IMAGE_DAMAGED")
})

test("holes are told in pieces of a bounded size, and together they have the file's size", () => {
  const size = 3 * HOLE_PIECE_BYTES + 1005
  const written = entry("sparse", { size, segments: [{ offset: 700, length: 5 }] })
  const archive = Buffer.concat([encodeHeader(written), Buffer.from("bytes"), bodyPadding(written), END_OF_ARCHIVE])
  const { entries, bodies, holes } = read([archive])
  assert.equal(entries[0]?.size, size)
  assert.deepEqual(entries[0]?.segments, [{ offset: 700, length: 5 }])
  assert.deepEqual(bodies, ["bytes|"])
  assert.equal(holes, size - 5)
})

test("a damaged archive is refused with a code, whatever byte is changed, or read as another", () => {
  fc.assert(
    fc.property(fc.nat(ARCHIVE.length - 1), fc.nat(255), (index, byte) => {
      const bytes = Buffer.from(ARCHIVE)
      bytes[index] = byte
      assert.match(refusal(bytes), /^none$|^IMAGE_/)
    }),
  )
})

test("in a file the bodies that nobody wants are jumped over, and reading ends when it is enough", async () => {
  const large = "y".repeat(200_000)
  const path = join(folder, "large.tar")
  const before = Buffer.from("something else")
  const archive = Buffer.concat([packed("large", large), packed("small", "wanted"), packed("last", ""), END_OF_ARCHIVE])
  writeFileSync(path, Buffer.concat([before, archive]))
  const place = { path, start: before.length, sizeBytes: archive.length }
  const notes = new Notes(({ path: name }) => name === "large")
  await walkTarFile(place, notes, OPTIONS)
  assert.deepEqual(
    notes.entries.map(({ path: name }) => name),
    ["large", "small", "last"],
  )
  assert.deepEqual(notes.bodies, ["wanted|", "|"])

  const first = new Notes(() => true)
  await walkTarFile(place, first, { ...OPTIONS, isEnough: () => first.entries.length === 1 })
  assert.equal(first.entries.length, 1)

  await assert.rejects(walkTarFile({ ...place, sizeBytes: 100_000 }, new Notes(() => true), OPTIONS), {
    code: "IMAGE_TRUNCATED",
  })
})
