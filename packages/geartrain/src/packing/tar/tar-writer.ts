import { encodePaxRecords } from "./pax-records.ts"
import { xattrKeyword } from "./pax-xattrs.ts"
import { encodeSparseMap, storedBytes } from "./sparse-map.ts"
import type { TarEntry, TarEntryType } from "./tar-entry.ts"
import { BLOCK_BYTES, blockPadding, FIELDS } from "./tar-header.ts"
import { largestOctal, writeBase256, writeOctal } from "./tar-numbers.ts"

/** An entry to be written. `path` and `target` are written as they are, but for the slash that ends the name of a folder. */
export type WritableEntry = Omit<TarEntry, "offset" | "bodyOffset">

/** Two blocks of zeros. */
export const END_OF_ARCHIVE = Buffer.alloc(2 * BLOCK_BYTES)

const TYPE_FLAGS: Readonly<Record<TarEntryType, string>> = {
  file: "0",
  "hard-link": "1",
  link: "2",
  "character-device": "3",
  "block-device": "4",
  folder: "5",
  fifo: "6",
}

/**
 * Writes all that stands before the body of an entry, in one way only: ustar, and PAX records for just those fields that ustar cannot hold.
 *
 * After it come the body's bytes (of a sparse file, those of its segments) and `bodyPadding(entry)` zeros.
 *
 * - A name or target that is not ASCII or does not fit, a large owner, size or time, and extended attributes make a PAX header.
 * - A sparse file is written as PAX 1.0, which GNU tar, Go's readers and squashfs-tools-ng all expand.
 * - Owner names are left empty: they mean different users on different machines.
 *
 * @see POSIX.1-2017, pax, "pax Interchange Format"; GNU tar manual, "Storing Sparse Files"
 */
export function encodeHeader(entry: WritableEntry): Buffer {
  const { type, segments } = entry
  const path = type === "folder" ? `${entry.path}/` : entry.path
  const sparseMap = segments === undefined ? EMPTY : encodeSparseMap(segments, entry.size)
  const storedSize = type === "file" ? sparseMap.length + dataBytes(entry) : 0
  const records: [string, Uint8Array][] = []
  const number = (keyword: string, value: number, digits: number): number => {
    if (value >= 0 && value <= largestOctal(digits)) return value
    records.push([keyword, Buffer.from(String(value))])
    return 0
  }
  const fields: HeaderFields = {
    // A sparse file's header is given another name, so that a reader without this format does not take the map for the file.
    ...(segments === undefined ? nameFields(path) : { name: "GNUSparseFile.0", prefix: "" }),
    linkName: isWholeUstar(entry.target) ? entry.target : asciiPart(entry.target),
    mode: entry.mode,
    uid: number("uid", entry.uid, 7),
    gid: number("gid", entry.gid, 7),
    size: number("size", storedSize, 11),
    mtime: number("mtime", entry.mtime, 11),
    flag: TYPE_FLAGS[type],
    major: entry.major,
    minor: entry.minor,
  }
  if (segments === undefined) {
    if (splitName(path) === undefined) records.push(["path", Buffer.from(path)])
  } else records.push(...sparseRecords(path, entry.size))
  if (!isWholeUstar(entry.target)) records.push(["linkpath", Buffer.from(entry.target)])
  for (const [name, value] of entry.xattrs) records.push([xattrKeyword(name), value])
  const header = encodeBlock(fields)
  if (records.length === 0) return header
  return Buffer.concat([encodePaxHeader(records), header, sparseMap])
}

/**
 * Writes the header of a file in one block, whatever its size, for a place that was left free before the size was known.
 *
 * @throws {RangeError} for a name that does not fit
 */
export function encodeFileBlock(path: string, size: number): Buffer {
  if (!isWholeUstar(path)) throw new RangeError(`"${path}" does not fit into one block`)
  return encodeBlock({ ...PAX_HEADER, flag: "0", name: path, size })
}

const EMPTY = Buffer.alloc(0)

/** Zeros after the body, to the end of its last block. */
export function bodyPadding(entry: WritableEntry): Buffer {
  return ZEROS.subarray(0, blockPadding(dataBytes(entry)))
}

const ZEROS = Buffer.alloc(BLOCK_BYTES)

function dataBytes(entry: WritableEntry): number {
  if (entry.type !== "file") return 0
  return entry.segments === undefined ? entry.size : storedBytes(entry.segments)
}

function sparseRecords(path: string, size: number): [string, Uint8Array][] {
  return [
    ["GNU.sparse.major", Buffer.from("1")],
    ["GNU.sparse.minor", Buffer.from("0")],
    ["GNU.sparse.name", Buffer.from(path)],
    ["GNU.sparse.realsize", Buffer.from(String(size))],
  ]
}

interface HeaderFields {
  readonly name: string
  readonly prefix: string
  readonly linkName: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly size: number
  readonly mtime: number
  readonly flag: string
  readonly major: number
  readonly minor: number
}

function encodePaxHeader(records: [string, Uint8Array][]): Buffer {
  const body = encodePaxRecords(records.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
  const fields = { ...PAX_HEADER, size: body.length }
  const rest = blockPadding(body.length)
  return Buffer.concat([encodeBlock(fields), body, ZEROS.subarray(0, rest)])
}

const PAX_HEADER = {
  name: "././@PaxHeader",
  prefix: "",
  linkName: "",
  mode: 0o644,
  uid: 0,
  gid: 0,
  mtime: 0,
  flag: "x",
  major: 0,
  minor: 0,
} as const

function encodeBlock(fields: HeaderFields): Buffer {
  // A copy is cut from the pool; memory of its own for each of fifty thousand blocks keeps the garbage collector busy.
  const block = Buffer.from(ZEROS)
  block.write(fields.name, FIELDS.name.offset, FIELDS.name.length, "latin1")
  writeOctal(block, FIELDS.mode, fields.mode)
  writeOctal(block, FIELDS.uid, fields.uid)
  writeOctal(block, FIELDS.gid, fields.gid)
  if (fields.size <= largestOctal(FIELDS.size.length - 1)) writeOctal(block, FIELDS.size, fields.size)
  else writeBase256(block, FIELDS.size, fields.size)
  writeOctal(block, FIELDS.mtime, fields.mtime)
  block.write(fields.flag, FIELDS.type.offset, 1, "latin1")
  block.write(fields.linkName, FIELDS.linkName.offset, FIELDS.linkName.length, "latin1")
  block.write("ustar\x0000", FIELDS.magic.offset, "latin1")
  writeOctal(block, FIELDS.major, fields.major)
  writeOctal(block, FIELDS.minor, fields.minor)
  block.write(fields.prefix, FIELDS.prefix.offset, FIELDS.prefix.length, "latin1")
  block.fill(0x20, FIELDS.checksum.offset, FIELDS.checksum.offset + FIELDS.checksum.length)
  let sum = 0
  // By index: an iterator takes five times as long, and there is a block for each file.
  for (let index = 0; index < BLOCK_BYTES; index++) sum += block[index] as number
  // Six digits, a NUL and a space, as every writer has it.
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, FIELDS.checksum.offset, "latin1")
  return block
}

function nameFields(path: string): { readonly name: string; readonly prefix: string } {
  return splitName(path) ?? { name: asciiPart(path), prefix: "" }
}

/** @returns undefined when ustar cannot hold the name, and it has to go into a PAX record. */
function splitName(path: string): { readonly name: string; readonly prefix: string } | undefined {
  if (isWholeUstar(path)) return { name: path, prefix: "" }
  const { name, prefix } = FIELDS
  if (!isAscii(path) || path.length > prefix.length + 1 + name.length) return undefined
  // The first slash that leaves a name short enough; the one that ends a folder's name parts nothing.
  const slash = path.indexOf("/", path.length - name.length - 1)
  return slash <= 0 || slash > prefix.length || slash === path.length - 1
    ? undefined
    : { name: path.slice(slash + 1), prefix: path.slice(0, slash) }
}

function isWholeUstar(text: string): boolean {
  return text.length <= FIELDS.name.length && isAscii(text)
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7f) return false
  return true
}

/** What a reader shows that knows no PAX. */
function asciiPart(text: string): string {
  let part = ""
  for (let index = 0; index < text.length && part.length < FIELDS.name.length; index++) {
    part += text.charCodeAt(index) > 0x7f ? "_" : text[index]
  }
  return part
}
