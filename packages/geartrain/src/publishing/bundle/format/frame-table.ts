import { canonicalJson, type Digest, hexOf, isDigest, type JsonValue, parseJson } from "@geartrain/spec"
import { MemberPaths } from "../../../packing/members/member-path.ts"
import { sha256, sha256Bytes } from "../../../system/hash.ts"
import { FRAME_BYTES, frameCount } from "./member-header.ts"

/** A member as it is packed. */
export interface PackedMember {
  readonly path: string
  readonly sizeBytes: number
  /** Of its body, in their order. */
  readonly frames: readonly PackedFrame[]
}

/** A frame as it lies in the file: packed. */
export interface PackedFrame {
  readonly sizeBytes: number
  readonly digest: Digest
}

const FORMAT = "geartrain-bundle-frames/"
const VERSION = 1
/** A skippable frame: programs that unpack zstd leave it out. The low four bits are free. */
const SKIPPABLE_MAGIC = 0x184d2a57
const HEAD_BYTES = 8
const MARK = Buffer.from("GTZTABLE")
/** sha256 of the JSON, its length, the mark. */
export const FOOTER_BYTES = 32 + 8 + MARK.length
/** A bundle of half a terabyte has 40 MiB. */
const MOST_TABLE_BYTES = 64 * 1024 * 1024
/** Three for a frame, and three for a member. */
const MOST_VALUES = 4_000_000
/** What zstd makes of a frame that cannot be compressed, and a little. */
export const MOST_FRAME_BYTES = FRAME_BYTES + FRAME_BYTES / 128 + 1024

/** The frame at the end of a bundle. */
export function encodeTable(members: readonly PackedMember[]): Buffer {
  const document = {
    format: `${FORMAT}${VERSION}`,
    members: members.map(({ path, sizeBytes, frames }) => [
      path,
      sizeBytes,
      frames.map((frame) => [frame.sizeBytes, hexOf(frame.digest)]),
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
  return readMembers(document?.members)
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

function readMembers(value: JsonValue | undefined): TableResult {
  if (!Array.isArray(value) || value.length === 0) return damaged("the table at its end names no members")
  const members: PackedMember[] = []
  const paths = new MemberPaths()
  for (const each of value as readonly JsonValue[]) {
    const member = readMember(each)
    if (member === undefined) return damaged(`entry ${members.length + 1} of the table at its end is no member`)
    if (!paths.take(member.path)) {
      const problem = `${JSON.stringify(member.path.slice(0, 200))} is no path that a member may have: it leads outside, or is there twice`
      return { ok: false, fault: "unsafe", problem }
    }
    members.push(member)
  }
  return { ok: true, members }
}

function readMember(value: JsonValue): PackedMember | undefined {
  if (!Array.isArray(value) || value.length !== 3) return undefined
  const [path, sizeBytes, list] = value as readonly JsonValue[]
  if (typeof path !== "string" || !isCount(sizeBytes) || !Array.isArray(list)) return undefined
  const frames = (list as readonly JsonValue[]).map(readFrame)
  if (frames.includes(undefined) || frames.length !== frameCount(sizeBytes)) return undefined
  return { path, sizeBytes, frames: frames as PackedFrame[] }
}

function readFrame(value: JsonValue): PackedFrame | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined
  const [sizeBytes, hex] = value as readonly JsonValue[]
  const digest = `sha256:${String(hex)}`
  if (!isCount(sizeBytes) || sizeBytes > MOST_FRAME_BYTES || !isDigest(digest)) return undefined
  return { sizeBytes, digest }
}

function isCount(value: JsonValue | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0
}

function damaged(problem: string): TableResult {
  return { ok: false, fault: "damaged", problem }
}
