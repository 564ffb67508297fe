import { canonicalJson, type Digest, hexOf, isDigest, type JsonValue, parseJson } from "@geartrain/spec"
import { MemberPaths } from "../../../packing/members/member-path.ts"
import { sha256, sha256Bytes } from "../../../system/hash.ts"
import { PIECE_BYTES, paddedBytes } from "./member-header.ts"

/** A member as it is packed. */
export interface PackedMember {
  readonly path: string
  readonly sizeBytes: number
  /** Of its body, in their order. */
  readonly pieces: readonly PackedPart[]
}

/** A piece has no more frames: whoever unpacks one knows how much work it is. */
export const MOST_FRAMES = 64

/** Some frames of a body as they lie in the file, one after the other: packed. */
export interface PackedPart {
  readonly sizeBytes: number
  readonly unpackedBytes: number
  /** Of the packed bytes. */
  readonly digest: Digest
}

const FORMAT = "geartrain-bundle-frames/"
/** In version 1 each piece was one frame of 1 MiB, but for the last. */
const VERSION = 2
/** A skippable frame: programs that unpack zstd leave it out. The low four bits are free. */
const SKIPPABLE_MAGIC = 0x184d2a57
const HEAD_BYTES = 8
const MARK = Buffer.from("GTZTABLE")
/** sha256 of the JSON, its length, the mark. */
export const FOOTER_BYTES = 32 + 8 + MARK.length
/** A bundle of half a terabyte has 40 MiB. */
const MOST_TABLE_BYTES = 64 * 1024 * 1024
/** Four for a piece, and four for a member. */
const MOST_VALUES = 4_000_000
/** What zstd makes of a piece that cannot be compressed, and a little. */
export const MOST_PACKED_BYTES = PIECE_BYTES + PIECE_BYTES / 128 + 1024

/** The frame at the end of a bundle. */
export function encodeTable(members: readonly PackedMember[]): Buffer {
  const document = {
    format: `${FORMAT}${VERSION}`,
    members: members.map(({ path, sizeBytes, pieces }) => [
      path,
      sizeBytes,
      pieces.map((piece) => [piece.sizeBytes, piece.unpackedBytes, hexOf(piece.digest)]),
    ]),
  }
  const json = Buffer.from(canonicalJson(document))
  const head = Buffer.alloc(HEAD_BYTES)
  head.writeUInt32LE(SKIPPABLE_MAGIC, 0)
  head.writeUInt32LE(json.length + FOOTER_BYTES, 4)
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(json.length))
  return Buffer.concat([head, json, sha256Bytes(json), length, MARK])
}

/**
 * How many bytes before the end of the file the table begins, as its footer says.
 *
 * @param footer  The last `FOOTER_BYTES` bytes.
 * @returns undefined when that is no footer of a bundle.
 */
export function tableBytes(footer: Buffer): number | undefined {
  if (!footer.subarray(40).equals(MARK)) return undefined
  const length = footer.readBigUInt64LE(32)
  return length > MOST_TABLE_BYTES ? undefined : HEAD_BYTES + Number(length) + FOOTER_BYTES
}

/** A table that was read, or what is wrong with it. */
export type TableResult =
  | { readonly ok: true; readonly members: readonly PackedMember[] }
  | { readonly ok: false; readonly fault: "damaged" | "newer" | "unsafe"; readonly problem: string }

/** @param frame  The whole frame, as `tableBytes` tells its length. */
export function parseTable(frame: Buffer): TableResult {
  const json = frame.subarray(HEAD_BYTES, frame.length - FOOTER_BYTES)
  const footer = frame.subarray(frame.length - FOOTER_BYTES)
  const isWhole =
    frame.readUInt32LE(0) === SKIPPABLE_MAGIC &&
    frame.readUInt32LE(4) === frame.length - HEAD_BYTES &&
    sha256(json) === `sha256:${footer.toString("hex", 0, 32)}`
  if (!isWhole) return damaged("the table at its end has not the bytes that were packed")
  const limits = { maxBytes: MOST_TABLE_BYTES, maxValues: MOST_VALUES, maxDepth: 6 }
  const parsed = parseJson(json.toString("utf8"), limits)
  if (!parsed.ok) return damaged("the table at its end cannot be understood")
  const document = parsed.document.value as { readonly format?: JsonValue; readonly members?: JsonValue } | null
  const version = versionOf(document?.format, FORMAT)
  if (version === undefined) return damaged("the table at its end does not say what it is")
  if (version > VERSION) return { ok: false, fault: "newer", problem: `its table is of version ${version}` }
  return readMembers(document?.members, version === 1 ? readFirstPieces : readPieces)
}

/**
 * The number at the end of a format's name.
 *
 * @example
 *   versionOf("geartrain-bundle/2", "geartrain-bundle/") // => 2
 */
export function versionOf(format: unknown, prefix: string): number | undefined {
  if (typeof format !== "string" || !format.startsWith(prefix)) return undefined
  const digits = format.slice(prefix.length)
  return /^[1-9]\d{0,5}$/.test(digits) ? Number(digits) : undefined
}

type ReadPieces = (list: readonly JsonValue[], paddedSize: number) => readonly (PackedPart | undefined)[]

function readMembers(value: JsonValue | undefined, read: ReadPieces): TableResult {
  if (!Array.isArray(value) || value.length === 0) return damaged("the table at its end names no members")
  const members: PackedMember[] = []
  const paths = new MemberPaths()
  for (const each of value as readonly JsonValue[]) {
    const member = readMember(each, read)
    if (member === undefined) return damaged(`entry ${members.length + 1} of the table at its end is no member`)
    if (!paths.take(member.path)) {
      const problem = `${JSON.stringify(member.path.slice(0, 200))} is no path that a member may have: it leads outside, or is there twice`
      return { ok: false, fault: "unsafe", problem }
    }
    members.push(member)
  }
  return { ok: true, members }
}

function readMember(value: JsonValue, read: ReadPieces): PackedMember | undefined {
  if (!Array.isArray(value) || value.length !== 3) return undefined
  const [path, sizeBytes, list] = value as readonly JsonValue[]
  if (typeof path !== "string" || !isCount(sizeBytes) || !Array.isArray(list)) return undefined
  const pieces = read(list as readonly JsonValue[], paddedBytes(sizeBytes))
  let left = paddedBytes(sizeBytes)
  for (const piece of pieces) {
    if (piece === undefined) return undefined
    left -= piece.unpackedBytes
  }
  return left === 0 ? { path, sizeBytes, pieces: pieces as readonly PackedPart[] } : undefined
}

function readPieces(list: readonly JsonValue[]): readonly (PackedPart | undefined)[] {
  return list.map((value) => {
    if (!Array.isArray(value) || value.length !== 3) return undefined
    const [sizeBytes, unpackedBytes, hex] = value as readonly JsonValue[]
    return readPiece(sizeBytes, unpackedBytes, hex)
  })
}

function readFirstPieces(list: readonly JsonValue[], paddedSize: number): readonly (PackedPart | undefined)[] {
  return list.map((value, index) => {
    if (!Array.isArray(value) || value.length !== 2) return undefined
    const [sizeBytes, hex] = value as readonly JsonValue[]
    return readPiece(sizeBytes, Math.min(PIECE_BYTES, paddedSize - index * PIECE_BYTES), hex)
  })
}

function readPiece(
  sizeBytes: JsonValue | undefined,
  unpackedBytes: JsonValue | undefined,
  hex: JsonValue | undefined,
): PackedPart | undefined {
  const digest = `sha256:${String(hex)}`
  if (!isCount(sizeBytes) || sizeBytes > MOST_PACKED_BYTES || !isDigest(digest)) return undefined
  if (!isCount(unpackedBytes) || unpackedBytes === 0 || unpackedBytes > PIECE_BYTES) return undefined
  return { sizeBytes, unpackedBytes, digest }
}

function isCount(value: JsonValue | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0
}

function damaged(problem: string): TableResult {
  return { ok: false, fault: "damaged", problem }
}
