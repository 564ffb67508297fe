import { readNumber } from "./tar-numbers.ts"
import { decodeText, type Text } from "./tar-text.ts"

export const BLOCK_BYTES = 512

/**
 * Where the fields of a header are.
 *
 * @see POSIX.1-2017, pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format" (oldgnu_header)
 */
export const FIELDS = {
  name: { offset: 0, length: 100 },
  mode: { offset: 100, length: 8 },
  uid: { offset: 108, length: 8 },
  gid: { offset: 116, length: 8 },
  size: { offset: 124, length: 12 },
  mtime: { offset: 136, length: 12 },
  checksum: { offset: 148, length: 8 },
  type: { offset: 156, length: 1 },
  linkName: { offset: 157, length: 100 },
  magic: { offset: 257, length: 8 },
  major: { offset: 329, length: 8 },
  minor: { offset: 337, length: 8 },
  prefix: { offset: 345, length: 155 },
  sparseHeaders: { offset: 386, length: 96 },
  sparseExtended: { offset: 482, length: 1 },
  sparseRealSize: { offset: 483, length: 12 },
} as const

type Field = { readonly offset: number; readonly length: number }

/** A header block, with no meaning given to it yet. Numbers that cannot be read are undefined. */
export interface RawHeader {
  readonly type: string
  readonly name: Text
  readonly linkName: Text
  readonly mode: number | undefined
  readonly uid: number | undefined
  readonly gid: number | undefined
  readonly size: number | undefined
  readonly mtime: number | undefined
  readonly major: number | undefined
  readonly minor: number | undefined
  readonly dialect: "ustar" | "gnu" | "old"
}

/**
 * Reads a header block.
 *
 * @returns undefined when its checksum is wrong: what is there is no header.
 */
export function readHeader(block: Buffer): RawHeader | undefined {
  if (!hasRightChecksum(block)) return undefined
  const dialect = dialectOf(block)
  return {
    type: String.fromCharCode(block[FIELDS.type.offset] as number),
    name: fullName(block, dialect),
    linkName: textField(block, FIELDS.linkName),
    mode: numberField(block, FIELDS.mode),
    uid: numberField(block, FIELDS.uid),
    gid: numberField(block, FIELDS.gid),
    size: numberField(block, FIELDS.size),
    mtime: numberField(block, FIELDS.mtime),
    // Writers before ustar have something else there.
    major: dialect === "old" ? 0 : numberField(block, FIELDS.major),
    minor: dialect === "old" ? 0 : numberField(block, FIELDS.minor),
    dialect,
  }
}

export function isZeroBlock(block: Buffer): boolean {
  return block.compare(ZERO_BLOCK, 0, BLOCK_BYTES, 0, BLOCK_BYTES) === 0
}

const ZERO_BLOCK = Buffer.alloc(BLOCK_BYTES)

/** Bytes that fill the last block of a body. */
export function blockPadding(sizeBytes: number): number {
  return (BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES
}

/** The sum over the block with its checksum field as spaces. Some old writers summed signed bytes. */
function hasRightChecksum(block: Buffer): boolean {
  const { offset, length } = FIELDS.checksum
  let unsigned = length * 0x20
  let highBytes = 0
  for (let index = 0; index < BLOCK_BYTES; index++) {
    if (index === offset) index += length
    const byte = block[index] as number
    unsigned += byte
    highBytes += byte >> 7
  }
  const wanted = readNumber(block, offset, length)
  return wanted === unsigned || wanted === unsigned - highBytes * 256
}

function dialectOf(block: Buffer): RawHeader["dialect"] {
  const magic = block.toString("latin1", FIELDS.magic.offset, FIELDS.magic.offset + FIELDS.magic.length)
  if (magic === "ustar  \0") return "gnu"
  // The version after it should be "00"; writers are careless about it.
  return magic.startsWith("ustar\0") ? "ustar" : "old"
}

/** ustar has the first part of a long name in a field of its own. GNU has times in that place, and star has them in its last 24 bytes. */
function fullName(block: Buffer, dialect: RawHeader["dialect"]): Text {
  if (dialect !== "ustar" || block[FIELDS.prefix.offset] === 0) return textField(block, FIELDS.name)
  const isStar = block.toString("latin1", 508, 512) === "tar\0"
  const prefix = fieldBytes(block, isStar ? { offset: FIELDS.prefix.offset, length: 131 } : FIELDS.prefix)
  return decodeText(Buffer.concat([prefix, SLASH, fieldBytes(block, FIELDS.name)]))
}

const SLASH = Buffer.from("/")

function numberField(block: Buffer, field: Field): number | undefined {
  return readNumber(block, field.offset, field.length)
}

function textField(block: Buffer, field: Field): Text {
  return decodeText(fieldBytes(block, field))
}

/** The bytes up to the first NUL, as a view. */
function fieldBytes(block: Buffer, field: Field): Buffer {
  const nul = block.indexOf(0, field.offset)
  const end = nul < 0 || nul > field.offset + field.length ? field.offset + field.length : nul
  return block.subarray(field.offset, end)
}
