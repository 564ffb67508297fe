import assert from "node:assert/strict"
import { mkdtemp, open, readdir, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { zstdCompressSync } from "node:zlib"
import { canonicalJson, type JsonObject } from "@geartrain/spec"
import { NO_XATTRS } from "../../../src/packing/tar/tar-entry.ts"
import { encodeHeader } from "../../../src/packing/tar/tar-writer.ts"
import { encodeIndex } from "../../../src/publishing/bundle/format/bundle-index.ts"
import { signIndex } from "../../../src/publishing/bundle/format/bundle-signature.ts"
import { encodeTable, type PackedMember } from "../../../src/publishing/bundle/format/frame-table.ts"
import {
  END_FRAME,
  headerFrame,
  PIECE_BYTES,
  paddedBytes,
} from "../../../src/publishing/bundle/format/member-header.ts"
import { storedFrame } from "../../../src/publishing/bundle/format/stored-frame.ts"
import { judgeSignature } from "../../../src/publishing/bundle/read/judge-signature.ts"
import { type Bundle, openBundle } from "../../../src/publishing/bundle/read/open-bundle.ts"
import { packBundle } from "../../../src/publishing/bundle/write/pack-bundle.ts"
import { createKeyPair, readSigningKey } from "../../../src/publishing/signing/key-pair.ts"
import { sha256 } from "../../../src/system/hash.ts"
import { contentsOf, KEY, packSample } from "./sample-bundle.ts"

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "geartrain-hostile-"))
})
after(() => rm(folder, { recursive: true, force: true }))

/** A member as somebody who means harm writes it: everything that is said of it may be a lie. */
interface Forged {
  readonly path: string
  readonly body: Uint8Array
  readonly header?: Buffer
  /** Each is a piece of its own. */
  readonly frames?: readonly Buffer[]
  readonly sizeBytes?: number
  /** Of each piece; default what is true of a body. */
  readonly unpackedBytes?: readonly number[]
}

/** Writes a bundle whose table has the digests of what lies there, so that only the lie itself can be found. */
async function forge(members: readonly Forged[], rest: Buffer = Buffer.alloc(0)): Promise<string> {
  const pieces: Buffer[] = []
  const table: PackedMember[] = []
  for (const { path, body, header, frames, sizeBytes, unpackedBytes } of members) {
    const size = sizeBytes ?? body.length
    const packed = frames ?? framesOf(body)
    pieces.push(header ?? headerFrame(path, size), ...packed)
    table.push({
      path,
      sizeBytes: size,
      pieces: packed.map((frame, index) => ({
        sizeBytes: frame.length,
        unpackedBytes: unpackedBytes?.[index] ?? Math.min(PIECE_BYTES, paddedBytes(size) - index * PIECE_BYTES),
        digest: sha256(frame),
      })),
    })
  }
  const file = join(folder, "forged.gtz")
  await writeFile(file, Buffer.concat([...pieces, END_FRAME, rest, encodeTable(table)]))
  return file
}

function framesOf(body: Uint8Array): readonly Buffer[] {
  const padded = Buffer.concat([body, Buffer.alloc(paddedBytes(body.length) - body.length)])
  const frames: Buffer[] = []
  for (let start = 0; start < padded.length; start += PIECE_BYTES)
    frames.push(zstdCompressSync(padded.subarray(start, start + PIECE_BYTES)))
  return frames
}

const BODY = Buffer.from("body")
const LISTED = { path: "a", role: "output", sizeBytes: 4, digest: sha256(BODY) } as const

function indexOf(changes: JsonObject = {}): Buffer {
  const index = { format: "geartrain-bundle/1", title: "t", gears: [], jobs: [], members: [LISTED], standIns: [] }
  return Buffer.from(`${canonicalJson({ ...index, ...changes } as JsonObject)}\n`)
}

const A: Forged = { path: "a", body: BODY }
const INDEX: Forged = { path: "index.json", body: indexOf() }

async function readAll(path: string): Promise<void> {
  const bundle = await openBundle(path)
  try {
    for (const member of bundle.index.members) for await (const _ of bundle.read(member.path));
  } finally {
    await bundle.close()
  }
}

async function refused(path: string, code: string, words: RegExp): Promise<void> {
  const before = await readdir(folder)
  await assert.rejects(readAll(path), (error: Error & { code?: string }) => {
    assert.equal(error.code, code, error.message)
    assert.match(error.message, words)
    return true
  })
  assert.deepEqual(await readdir(folder), before, "nothing was written")
}

test("what the other tests forge is a bundle, but for the lie", async () => {
  await readAll(await forge([A, INDEX]))
})

test("a member whose path leads outside, is absolute, or is there twice is refused before anything is read", async () => {
  for (const path of ["../a", "/etc/passwd", "a/../../b", "a//b", ""])
    await refused(await forge([{ ...A, path }, INDEX]), "BUNDLE_UNSAFE", /is no path that a member may have/)
  await refused(await forge([A, A, INDEX]), "BUNDLE_UNSAFE", /there twice/)
  await refused(await forge([A, { ...A, path: "a/b" }, INDEX]), "BUNDLE_UNSAFE", /no path that a member may have/)
})

test("a member that is a link, a device or a folder, or lies about its size to tar, is refused by name", async () => {
  const plain = { mode: 0o644, uid: 0, gid: 0, mtime: 0, size: 0, major: 0, minor: 0, xattrs: NO_XATTRS, path: "a" }
  const headers = [
    encodeHeader({ ...plain, type: "link", target: "/etc/passwd" }),
    encodeHeader({ ...plain, type: "hard-link", target: "../../b" }),
    encodeHeader({ ...plain, type: "character-device", target: "", major: 1, minor: 3 }),
    encodeHeader({ ...plain, type: "folder", target: "" }),
    encodeHeader({ ...plain, type: "file", target: "", size: 2 ** 32, mode: 0o4755 }),
    encodeHeader({ ...plain, type: "file", target: "", path: "../../outside", size: 4 }),
  ]
  for (const header of headers) {
    const forged = await forge([{ ...A, header: storedFrame(header) }, INDEX])
    await refused(
      forged,
      "BUNDLE_DAMAGED",
      /member "a": bytes 0 to 521 of the file are not the header of a plain file of 4/,
    )
  }
})

test("a frame that unpacks to more than is said, to less, or to nothing is refused, and never unpacked further", async () => {
  const bomb = zstdCompressSync(Buffer.alloc(64 * 2 ** 20))
  for (const frame of [bomb, zstdCompressSync(Buffer.alloc(100)), Buffer.from("no zstd at all")]) {
    const words = /member "a": bytes \d+ to \d+ of the file do not unpack to what the table says/
    await refused(await forge([{ ...A, frames: [frame] }, INDEX]), "BUNDLE_UNSAFE", words)
  }
})

test("a piece of several frames is read, and one with bytes between them, without end, or of very many is refused", async () => {
  const padded = Buffer.concat([BODY, Buffer.alloc(508)])
  const [first, second] = [zstdCompressSync(padded.subarray(0, 300)), zstdCompressSync(padded.subarray(300))]
  const piece = (...frames: readonly Buffer[]) => forge([{ ...A, frames: [Buffer.concat(frames)] }, INDEX])
  await readAll(await piece(first, second))
  const nothing = zstdCompressSync(Buffer.alloc(0))
  await readAll(await piece(first, nothing, second))
  const skipped = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2])
  const words = /member "a": bytes \d+ to \d+ of the file do not unpack to what the table says/
  for (const frames of [
    [first, Buffer.from("between"), second],
    [first, skipped, second],
    [first, second.subarray(0, -1)],
    [first, second, second],
    [first, ...Array.from({ length: 64 }, () => nothing), second],
  ])
    await refused(await piece(...frames), "BUNDLE_UNSAFE", words)
})

test("a frame that asks for more memory than every reader of zstd has is refused", async () => {
  // A window of 128 MiB, no content size; one raw block of 512 bytes, the last.
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, (27 - 10) << 3, 1 | ((512 << 3) & 0xff), 512 >> 5, 0])
  const frame = Buffer.concat([head, BODY, Buffer.alloc(508)])
  await refused(
    await forge([{ ...A, frames: [frame] }, INDEX]),
    "BUNDLE_UNSAFE",
    /do not unpack to what the table says/,
  )
  frame[5] = (23 - 10) << 3
  await readAll(await forge([{ ...A, frames: [frame] }, INDEX]))
})

test("a table whose pieces are too large, empty, or do not come to the member's size is damaged", async () => {
  for (const unpackedBytes of [[511], [513], [0], [PIECE_BYTES + 512]])
    await refused(await forge([{ ...A, unpackedBytes }, INDEX]), "BUNDLE_DAMAGED", /entry 1 of the table at its end/)
})

test("bytes without a digest in the index are those of a gear's root filesystem, whose tree tells, or are refused", async () => {
  const { digest: _, ...listed } = LISTED
  const gear = { id: LISTED.digest, name: "g", version: "1", document: "a", root: "a" }
  const index = (format: string, changes: JsonObject): Forged => ({
    path: "index.json",
    body: indexOf({ format, ...changes }),
  })
  const words = /it has no digest for "a"/
  const second = "geartrain-bundle/2"
  for (const lie of [
    index(second, { members: [listed] }),
    index(second, { members: [{ ...listed, role: "root" }] }),
    index(second, { members: [listed], gears: [gear] }),
    index("geartrain-bundle/1", { members: [{ ...listed, role: "root" }], gears: [gear] }),
  ])
    await refused(await forge([A, lie]), "BUNDLE_INCONSISTENT", words)
  await readAll(await forge([A, index(second, { members: [{ ...listed, role: "root" }], gears: [gear] })]))
})

test("a bundle that unpacks to very much more than its size is a bomb, whatever its table says honestly", async () => {
  const zeros = zstdCompressSync(Buffer.alloc(PIECE_BYTES))
  const frames = Array.from({ length: 2400 }, () => zeros)
  const sizeBytes = frames.length * PIECE_BYTES
  const bomb = await forge([{ path: "a", body: BODY, frames, sizeBytes }, INDEX])
  await refused(bomb, "BUNDLE_TOO_LARGE", /more than 100 times its size, which looks like a bomb/)
  const bundle = openBundle(bomb, { maxExpansion: 1e6, freeBytes: 0 })
  await assert.rejects(bundle, { code: "BUNDLE_INCONSISTENT" }, "with the limit raised, the index is looked at")
})

test("what fills the last block of a member is empty, or it could hide something", async () => {
  const padded = Buffer.concat([BODY, Buffer.from("hidden"), Buffer.alloc(502)])
  const forged = await forge([{ ...A, frames: [zstdCompressSync(padded)] }, INDEX])
  await refused(forged, "BUNDLE_UNSAFE", /member "a": what fills its last block is not empty/)
})

test("bytes between the members and the table belong to nobody", async () => {
  await refused(await forge([A, INDEX], Buffer.from("hidden")), "BUNDLE_TRUNCATED", /its table tells of \d+ bytes/)
})

test("a member that is not listed, or listed and not there, is told by name", async () => {
  const stranger = { path: "b/stranger", body: BODY }
  await refused(await forge([A, stranger, INDEX]), "BUNDLE_MEMBER_UNLISTED", /member "b\/stranger"/)
  await refused(await forge([INDEX]), "BUNDLE_MEMBER_MISSING", /member "a": it is listed, and not there/)
  await refused(await forge([A]), "BUNDLE_MEMBER_MISSING", /there is no index\.json in it/)
})

test("an index that lies about a digest or a size, or lists a member twice, is refused", async () => {
  const lie = (changes: JsonObject) => forge([A, { path: "index.json", body: indexOf(changes) }])
  const other = sha256(Buffer.from("other"))
  await refused(await lie({ members: [{ ...LISTED, digest: other }] }), "BUNDLE_DAMAGED", /member "a": its digest is/)
  await refused(
    await lie({ members: [{ ...LISTED, sizeBytes: 5 }] }),
    "BUNDLE_INCONSISTENT",
    /member "a": it has 4 bytes/,
  )
  await refused(await lie({ members: [LISTED, LISTED] }), "BUNDLE_INCONSISTENT", /lists a member twice/)
  for (const members of ["a", [1], [{ ...LISTED, role: "king" }], [{ ...LISTED, sizeBytes: -1 }], [{ path: "a" }]])
    await refused(
      await lie({ members } as JsonObject),
      "BUNDLE_INCONSISTENT",
      /its members are not as the format has them/,
    )
  await refused(await lie({ title: 1 }), "BUNDLE_INCONSISTENT", /it has no title/)
})

test("an index in another form than the canonical one is refused, and so is one that is no JSON", async () => {
  const spaced = Buffer.from(JSON.stringify(JSON.parse(indexOf().toString()), undefined, 1))
  await refused(await forge([A, { path: "index.json", body: spaced }]), "BUNDLE_INCONSISTENT", /not in canonical form/)
  const text = indexOf().toString().replace("{", '{"title":"u",')
  const twice = { path: "index.json", body: Buffer.from(text) }
  await refused(await forge([A, twice]), "BUNDLE_INCONSISTENT", /no JSON/)
  const binary = { path: "index.json", body: Buffer.from([0xff, 0xfe]) }
  await refused(await forge([A, binary]), "BUNDLE_INCONSISTENT", /no text in UTF-8/)
})

test("a bundle of a newer version says so, and nothing is guessed at", async () => {
  const newer = { path: "index.json", body: indexOf({ format: "geartrain-bundle/3", members: "otherwise" }) }
  await refused(await forge([A, newer]), "BUNDLE_TOO_NEW", /member "index\.json"|index\.json: it is of version 3/)
  const unknown = { path: "index.json", body: indexOf({ format: "something-else/1" }) }
  await refused(await forge([A, unknown]), "BUNDLE_INCONSISTENT", /it is of no format geartrain-bundle\/2/)
})

test("what is no bundle at all is told as that, and nothing waits for a pipe", async () => {
  const path = join(folder, "text.gtz")
  await writeFile(path, "not a bundle, but long enough to have a footer of forty-eight bytes")
  await refused(path, "BUNDLE_FORMAT_UNKNOWN", /it is no paper bundle/)
  await writeFile(path, "")
  await refused(path, "BUNDLE_FORMAT_UNKNOWN", /it is no paper bundle/)
  await refused(join(folder, "nothing-there"), "BUNDLE_NOT_FOUND", /there is no such file/)
  await refused(folder, "BUNDLE_NOT_FOUND", /it is no regular file/)
})

test("a signature for another index, of another key, or with anything else wrong is bad", async () => {
  const index = indexOf()
  const signed = "2020-01-01T00:00:00.000Z"
  const withSignature = (body: Buffer) => forge([A, INDEX, { path: "signature.json", body }])
  await readAll(await withSignature(signIndex(sha256(index), KEY, signed)))
  await refused(
    await withSignature(signIndex(sha256(BODY), KEY, signed)),
    "SIGNATURE_INVALID",
    /for another index\.json/,
  )
  const good = JSON.parse(signIndex(sha256(index), KEY, signed).toString()) as Envelope
  const [{ keyid, sig }] = good.signatures
  const other = readSigningKey(createKeyPair().secretPem, "other")
  const foreign = JSON.parse(signIndex(sha256(index), other, signed).toString()) as Envelope
  const bad: readonly object[] = [
    { ...good, signatures: [{ keyid, sig: `A${sig.slice(1)}` }] },
    { ...good, signatures: [{ keyid: "0".repeat(64), sig }] },
    { ...good, signatures: [] },
    { ...good, signatures: foreign.signatures },
    { ...good, payload: foreign.payload },
    { ...good, payload: Buffer.from("{}").toString("base64") },
    { ...good, payloadType: "text/plain" },
    {},
  ]
  for (const document of bad)
    await refused(await withSignature(Buffer.from(JSON.stringify(document))), "SIGNATURE_INVALID", /signature/i)
  const noKey = Buffer.from(JSON.stringify({ ...good, payload: withoutKey(good.payload) }))
  await refused(await withSignature(noKey), "SIGNATURE_INVALID", /signature/)
})

interface Envelope {
  readonly payload: string
  readonly signatures: readonly [{ readonly keyid: string; readonly sig: string }]
}

function withoutKey(payload: string): string {
  const statement = JSON.parse(Buffer.from(payload, "base64").toString()) as { predicate: { key: string } }
  statement.predicate.key = "no key"
  return Buffer.from(JSON.stringify(statement)).toString("base64")
}

test("a known key, an unknown key and no key are told apart; a key that is asked for has to be it", async () => {
  const known = { ...KEY.publicKey, name: "lab" }
  const other = { ...readSigningKey(createKeyPair().secretPem, "other").publicKey, name: "other" }
  const open = async (signed: boolean): Promise<Bundle> => {
    const bundle = await openBundle(await packSample(folder, [{ path: "a", body: BODY }], { signed }))
    await bundle.close()
    return bundle
  }
  const [signed, unsigned] = [await open(true), await open(false)]
  assert.deepEqual(judgeSignature(signed, [other, known]), {
    status: "known",
    name: "lab",
    key: known.id,
    signed: "2020-01-01T00:00:00.000Z",
  })
  assert.equal(judgeSignature(signed, [other]).status, "unknown")
  assert.equal(judgeSignature(unsigned, [known]).status, "unsigned")
  assert.equal(judgeSignature(signed, [], [known]).status, "known")
  assert.throws(() => judgeSignature(signed, [known], [other]), { code: "SIGNATURE_KEY_UNKNOWN" })
  assert.throws(() => judgeSignature(unsigned, [known], [known]), { code: "SIGNATURE_MISSING" })
})

test("the signature is of the index, and the index is the same whoever signs", async () => {
  const contents = contentsOf([{ path: "a", body: BODY }])
  const digests: string[] = []
  for (const signed of ["2020-01-01T00:00:00.000Z", "2021-01-01T00:00:00.000Z"]) {
    const file = await open(join(folder, "twice.gtz"), "w")
    const { digest, index } = await packBundle(contents, file, { signer: { key: KEY, signed } })
    await file.close()
    assert.equal(sha256(encodeIndex(index)), digest)
    digests.push(digest)
  }
  assert.equal(digests[0], digests[1])
})
