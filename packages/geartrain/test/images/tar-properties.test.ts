import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { gzipSync, zstdCompressSync } from "node:zlib"
import { isGeartrainError } from "@geartrain/spec"
import fc from "fast-check"
import { readTar } from "../../src/packing/tar/read-tar.ts"
import type { DataSegment, TarEntry } from "../../src/packing/tar/tar-entry.ts"
import { bodyPadding, END_OF_ARCHIVE, encodeHeader, type WritableEntry } from "../../src/packing/tar/tar-writer.ts"
import { makeOciArchive } from "./support/make-image.ts"
import { makeNote, makeTar, paxRecord, type TestEntry, writeField } from "./support/make-tar.ts"
import { pieces, scanImage } from "./support/read-image.ts"

interface Read {
  readonly entry: TarEntry
  readonly body: Buffer
}

/** What the reader tells of an archive that comes in pieces of this size. */
async function readAll(archive: Uint8Array, size: number): Promise<readonly Read[]> {
  const found: { entry: TarEntry; body: Buffer[]; ended: boolean }[] = []
  const last = (): Buffer[] => found.at(-1)?.body ?? []
  const visitor = {
    entry: (entry: TarEntry) => {
      found.push({ entry, body: [], ended: entry.type !== "file" })
      return entry.type === "file" ? ("read" as const) : ("skip" as const)
    },
    data: (bytes: Buffer) => void last().push(Buffer.from(bytes)),
    hole: (length: number) => void last().push(Buffer.alloc(length)),
    endOfFile: () => {
      const file = found.at(-1)
      if (file !== undefined) file.ended = true
    },
  }
  await readTar(pieces(archive, size), visitor, { place: { reference: "test" } })
  assert.ok(found.every(({ ended }) => ended))
  return found.map(({ entry, body }) => ({ entry, body: Buffer.concat(body) }))
}

const name = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 300 })
  .filter((text) => text.isWellFormed() && !text.includes("\0") && !text.endsWith("/"))
const common = {
  path: fc.oneof(name, fc.stringMatching(/^[a-z]{90,110}(\/[a-z]{40,160}){0,2}$/)),
  mode: fc.nat(0o7777),
  uid: fc.oneof(fc.nat(3_000_000), fc.integer({ min: 0, max: 0xfffffffe })),
  gid: fc.oneof(fc.nat(3_000_000), fc.integer({ min: 0, max: 0xfffffffe })),
  mtime: fc.oneof(
    fc.nat(),
    fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
    fc.constant(8 ** 11),
    fc.constant(8 ** 11 - 1),
  ),
  xattrs: fc
    .array(fc.tuple(fc.stringMatching(/^user\.[a-z%=]{1,20}$/), fc.uint8Array({ maxLength: 80 })), { maxLength: 3 })
    .map((pairs) => new Map(pairs)),
}
const none = { size: fc.constant(0), target: fc.constant(""), major: fc.constant(0), minor: fc.constant(0) }
const body = fc.uint8Array({ maxLength: 1500 })

/** Data and holes that alternate. */
const sparseParts = fc
  .array(fc.tuple(fc.nat(3000), fc.integer({ min: 1, max: 600 })), { maxLength: 6 })
  .chain((parts) => fc.nat(2000).map((tail) => ({ parts, tail })))

interface Written {
  readonly entry: WritableEntry
  readonly stored: Uint8Array
  readonly expanded: Uint8Array
}

const plainFile: fc.Arbitrary<Written> = fc.tuple(fc.record({ ...common, ...none }), body).map(([fields, bytes]) => ({
  entry: { ...fields, type: "file" as const, size: bytes.length },
  stored: bytes,
  expanded: bytes,
}))

const sparseFile: fc.Arbitrary<Written> = fc
  .tuple(fc.record({ ...common, ...none }), sparseParts)
  .map(([fields, { parts, tail }]) => {
    const segments: DataSegment[] = []
    let offset = 0
    for (const [hole, length] of parts) {
      offset += hole + 1
      segments.push({ offset, length })
      offset += length
    }
    const size = offset + tail
    const expanded = Buffer.alloc(size)
    for (const segment of segments) expanded.fill("d", segment.offset, segment.offset + segment.length)
    const stored = Buffer.concat(
      segments.map((segment) => expanded.subarray(segment.offset, segment.offset + segment.length)),
    )
    return { entry: { ...fields, type: "file" as const, size, segments }, stored, expanded }
  })

const bodiless: fc.Arbitrary<Written> = fc
  .record({
    ...common,
    ...none,
    type: fc.constantFrom("folder", "link", "hard-link", "fifo", "character-device", "block-device"),
    target: name,
    major: fc.nat(0xfff),
    minor: fc.nat(0xfffff),
  })
  .map((fields) => {
    const isLink = fields.type === "link" || fields.type === "hard-link"
    const isDevice = fields.type.endsWith("device")
    const entry = {
      ...fields,
      target: isLink ? fields.target : "",
      major: isDevice ? fields.major : 0,
      minor: isDevice ? fields.minor : 0,
    }
    return { entry: entry as WritableEntry, stored: new Uint8Array(), expanded: new Uint8Array() }
  })

function pack(written: readonly Written[]): Buffer {
  return Buffer.concat([
    ...written.flatMap(({ entry, stored }) => [encodeHeader(entry), stored, bodyPadding(entry)]),
    END_OF_ARCHIVE,
  ])
}

describe("What is written is read", () => {
  it("as it was, whatever the names, numbers, attributes and holes, and wherever the stream is cut", async () => {
    const archive = fc.array(fc.oneof(plainFile, sparseFile, bodiless), { maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(archive, fc.integer({ min: 1, max: 2000 }), async (written, size) => {
        const bytes = pack(written)
        assert.equal(bytes.length % 512, 0)
        const read = await readAll(bytes, size)
        assert.equal(read.length, written.length)
        for (const [index, { entry, expanded }] of written.entries()) {
          const found = read[index] as Read
          const { offset: _, bodyOffset: __, segments: ___, ...fields } = found.entry
          const { segments: ____, ...expected } = entry
          assert.deepEqual(
            { ...fields, xattrs: plain(fields.xattrs) },
            { ...expected, path: entry.type === "folder" ? `${entry.path}/` : entry.path, xattrs: plain(entry.xattrs) },
          )
          assert.ok(found.body.equals(expanded))
        }
      }),
      { numRuns: 300 },
    )
  })

  it("in the same bytes each time, with a PAX header only where ustar has no room", () => {
    fc.assert(
      fc.property(plainFile, (written) => {
        const header = encodeHeader(written.entry)
        assert.ok(header.equals(encodeHeader(written.entry)))
        const { path, uid, gid, mtime, xattrs } = written.entry
        const isPlain =
          /^[\0-\x7f]*$/.test(path) &&
          path.length <= 100 &&
          uid < 8 ** 7 &&
          gid < 8 ** 7 &&
          mtime >= 0 &&
          mtime < 8 ** 11 &&
          xattrs.size === 0
        if (isPlain) assert.equal(header.length, 512)
      }),
    )
  })
})

function plain(xattrs: WritableEntry["xattrs"]): unknown {
  return [...xattrs].map(([key, value]) => [key, Buffer.from(value).toString("hex")]).sort()
}

/** Archives with something of every format in them. */
function seeds(): readonly Buffer[] {
  const entries: TestEntry[] = [
    { path: "flywheel/v0/manifest.json", body: "{}" },
    { path: "folder", type: "folder" },
    { path: "folder/link", type: "link", target: "../other" },
    { path: "hard", type: "hard-link", target: "flywheel/v0/manifest.json" },
    { path: `long/${"n".repeat(200)}`, body: "x".repeat(1000), xattrs: new Map([["user.a", Buffer.from("\0\xff")]]) },
    { path: "sparse", size: 9000, segments: [{ offset: 4000, length: 600 }], body: "s".repeat(600) },
    { path: "device", type: "block-device", major: 8, minor: 1 },
    { path: "gnu", before: makeNote("L", `${"g".repeat(150)}\0`) },
    { path: "global", before: makeNote("g", paxRecord("mtime", "12.5")) },
    {
      path: "old-sparse",
      body: "o".repeat(512),
      change: (block) => {
        block.write("ustar  \0", 257, "latin1")
        block.fill(0, 329, 500)
        writeField(block, 156, "S")
        writeField(block, 386, "00000001000\0")
        writeField(block, 398, "00000001000\0")
        writeField(block, 483, "00000010000\0")
      },
    },
  ]
  const flat = makeTar(entries)
  const upper = makeTar([{ path: "folder/.wh.link" }, { path: "long/.wh..wh..opq" }, { path: "long/new", body: "n" }])
  return [
    flat,
    makeOciArchive([
      {
        layers: [
          { tar: flat, packed: gzipSync(flat) },
          { tar: upper, packed: zstdCompressSync(upper) },
        ],
      },
    ]),
    gzipSync(flat),
    zstdCompressSync(flat),
  ]
}

type Change = {
  readonly kind: "byte" | "cut" | "copy" | "drop" | "number"
  readonly at: number
  readonly value: number
}

function applyChange(bytes: Buffer, { kind, at, value }: Change): Buffer {
  const place = Math.floor(at * bytes.length)
  const block = place - (place % 512)
  switch (kind) {
    case "byte": {
      const changed = Buffer.from(bytes)
      if (place < changed.length) changed[place] = value
      return changed
    }
    case "cut":
      return bytes.subarray(0, place)
    case "copy":
      return Buffer.concat([
        bytes.subarray(0, block + 512),
        bytes.subarray(block, block + 512),
        bytes.subarray(block + 512),
      ])
    case "drop":
      return Buffer.concat([bytes.subarray(0, block), bytes.subarray(block + 512)])
    case "number": {
      // A field of a header, with its checksum made right: gets past the first look.
      const changed = Buffer.from(bytes)
      const header = changed.subarray(block, block + 512)
      if (header.length < 512) return changed
      header.write(value.toString(8).padStart(11, "7"), [124, 136, 108, 100, 386, 483][value % 6] ?? 124, "latin1")
      header.fill(0x20, 148, 156)
      header.write(
        `${header
          .reduce((sum, byte) => sum + byte, 0)
          .toString(8)
          .padStart(6, "0")}\0 `,
        148,
        "latin1",
      )
      return changed
    }
  }
}

describe("A changed archive", () => {
  it("is read or refused with an error that is explained, and never anything else", async () => {
    const archives = seeds()
    for (const seed of archives) await scanImage(seed)
    const change = fc.record({
      kind: fc.constantFrom(
        "byte" as const,
        "byte" as const,
        "cut" as const,
        "copy" as const,
        "drop" as const,
        "number" as const,
      ),
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      value: fc.nat(255),
    })
    const outcomes = new Map<string, number>()
    await fc.assert(
      fc.asyncProperty(
        fc.nat(archives.length - 1),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        async (index, changes) => {
          const changed = changes.reduce(applyChange, archives[index] as Buffer)
          const limits = { freeBytes: 10_000_000, maxUnpackedBytes: 50_000_000 }
          const outcome = await scanImage(changed, { limits }).then(
            () => "read",
            (error: unknown) => {
              if (!isGeartrainError(error)) throw error
              return error.code
            },
          )
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
        },
      ),
      { numRuns: 600 },
    )
    // A test that only ever sees one kind of refusal tests nothing.
    assert.ok(outcomes.size > 6, JSON.stringify([...outcomes]))
  })
})
