/**
 * The records of a zip archive, with nothing in them that depends on the machine: times are in UTC, and the owner is nobody.
 *
 * @see PKWARE, "APPNOTE.TXT - .ZIP File Format Specification", 6.3.10, section 4
 */

/** What is known of a member before its bytes. */
export interface ZipHead {
  readonly name: string
  readonly sizeBytes: number
  readonly isDeflated: boolean
  /** Milliseconds since 1970; undefined for the fixed time. */
  readonly modifiedMs: number | undefined
  /** Where its local header begins. */
  readonly offset: number
}

/** What is known after them. */
export interface ZipTail {
  readonly crc: number
  readonly packedBytes: number
}

/** Fields of 32 bits; what does not fit is in the zip64 record. All ones are taken, and mean just that. */
const MOST_32 = 0xffff_fffe
const SEE_ZIP64 = 0xffff_ffff
/** Bit 3: checksum and sizes stand after the bytes. Bit 11: the name is UTF-8. */
const FLAGS = 0x0808
const VERSION = { plain: 20, zip64: 45 }
/** Made by a Unix, by version 6.3. */
const MADE_BY = (3 << 8) | 63
/** A plain file, -rw-r--r--. */
const ATTRIBUTES = (0o100644 << 16) >>> 0
/** 2 January 1980: the first whole day that the format can hold in every time zone. */
const FIXED_MS = Date.UTC(1980, 0, 2)

/** Whether a member has its sizes in 64 bits. That stands before the bytes, when nobody knows yet how small deflate makes them. */
function isLarge({ sizeBytes }: ZipHead): boolean {
  // Deflate makes random bytes larger by 5 in 16 KiB.
  return sizeBytes > MOST_32 - 2 * 1024 * 1024
}

export function localHeader(head: ZipHead): Buffer {
  const name = Buffer.from(head.name)
  const large = isLarge(head)
  const extra = Buffer.concat([large ? zip64Extra([0, 0]) : NOTHING, timeExtra(head.modifiedMs)])
  const fixed = Buffer.alloc(30)
  fixed.writeUInt32LE(0x0403_4b50, 0)
  fixed.writeUInt16LE(large ? VERSION.zip64 : VERSION.plain, 4)
  writeShared(fixed, { head, at: 6 })
  if (large) fixed.fill(0xff, 18, 26)
  fixed.writeUInt16LE(name.length, 26)
  fixed.writeUInt16LE(extra.length, 28)
  return Buffer.concat([fixed, name, extra])
}

/** Stands after the bytes of a member. */
export function dataDescriptor(head: ZipHead, { crc, packedBytes }: ZipTail): Buffer {
  const large = isLarge(head)
  const record = Buffer.alloc(large ? 24 : 16)
  record.writeUInt32LE(0x0807_4b50, 0)
  record.writeUInt32LE(crc, 4)
  if (large) {
    record.writeBigUInt64LE(BigInt(packedBytes), 8)
    record.writeBigUInt64LE(BigInt(head.sizeBytes), 16)
  } else {
    record.writeUInt32LE(packedBytes, 8)
    record.writeUInt32LE(head.sizeBytes, 12)
  }
  return record
}

/** The member's line in the directory at the end. */
export function directoryRecord(head: ZipHead, { crc, packedBytes }: ZipTail): Buffer {
  const name = Buffer.from(head.name)
  // Only those that do not fit, in this order.
  const wide = [head.sizeBytes, packedBytes, head.offset].filter((value) => value > MOST_32)
  const extra = Buffer.concat([wide.length === 0 ? NOTHING : zip64Extra(wide), timeExtra(head.modifiedMs)])
  const fixed = Buffer.alloc(46)
  fixed.writeUInt32LE(0x0201_4b50, 0)
  fixed.writeUInt16LE(MADE_BY, 4)
  fixed.writeUInt16LE(wide.length > 0 || isLarge(head) ? VERSION.zip64 : VERSION.plain, 6)
  writeShared(fixed, { head, at: 8 })
  fixed.writeUInt32LE(crc, 16)
  fixed.writeUInt32LE(orSeeZip64(packedBytes), 20)
  fixed.writeUInt32LE(orSeeZip64(head.sizeBytes), 24)
  fixed.writeUInt16LE(name.length, 28)
  fixed.writeUInt16LE(extra.length, 30)
  fixed.writeUInt32LE(ATTRIBUTES, 38)
  fixed.writeUInt32LE(orSeeZip64(head.offset), 42)
  return Buffer.concat([fixed, name, extra])
}

/** What a zip ends with. */
export function endRecords(directory: {
  readonly count: number
  readonly offset: number
  readonly sizeBytes: number
}): Buffer {
  const { count, offset, sizeBytes } = directory
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x0605_4b50, 0)
  end.writeUInt16LE(Math.min(count, 0xffff), 8)
  end.writeUInt16LE(Math.min(count, 0xffff), 10)
  end.writeUInt32LE(orSeeZip64(sizeBytes), 12)
  end.writeUInt32LE(orSeeZip64(offset), 16)
  if (count < 0xffff && sizeBytes <= MOST_32 && offset <= MOST_32) return end
  const wide = Buffer.alloc(56 + 20)
  wide.writeUInt32LE(0x0606_4b50, 0)
  // Of the record itself, after this field.
  wide.writeBigUInt64LE(44n, 4)
  wide.writeUInt16LE(MADE_BY, 12)
  wide.writeUInt16LE(VERSION.zip64, 14)
  wide.writeBigUInt64LE(BigInt(count), 24)
  wide.writeBigUInt64LE(BigInt(count), 32)
  wide.writeBigUInt64LE(BigInt(sizeBytes), 40)
  wide.writeBigUInt64LE(BigInt(offset), 48)
  // The locator of that record: on the first disk, and there is one disk.
  wide.writeUInt32LE(0x0706_4b50, 56)
  wide.writeBigUInt64LE(BigInt(offset + sizeBytes), 64)
  wide.writeUInt32LE(1, 72)
  return Buffer.concat([wide, end])
}

const NOTHING = Buffer.alloc(0)

/** Flags, method and time, which stand in this order in both headers. */
function writeShared(record: Buffer, { head, at }: { readonly head: ZipHead; readonly at: number }): void {
  const time = new Date(Math.min(Math.max(head.modifiedMs ?? FIXED_MS, Date.UTC(1980, 0, 1)), Date.UTC(2107, 11, 31)))
  const day = ((time.getUTCFullYear() - 1980) << 9) | ((time.getUTCMonth() + 1) << 5) | time.getUTCDate()
  const clock = (time.getUTCHours() << 11) | (time.getUTCMinutes() << 5) | (time.getUTCSeconds() >> 1)
  record.writeUInt16LE(FLAGS, at)
  record.writeUInt16LE(head.isDeflated ? 8 : 0, at + 2)
  record.writeUInt16LE(clock, at + 4)
  record.writeUInt16LE(day, at + 6)
}

function orSeeZip64(value: number): number {
  return value > MOST_32 ? SEE_ZIP64 : value
}

function zip64Extra(values: readonly number[]): Buffer {
  const extra = Buffer.alloc(4 + 8 * values.length)
  extra.writeUInt16LE(1, 0)
  extra.writeUInt16LE(8 * values.length, 2)
  for (const [index, value] of values.entries()) extra.writeBigUInt64LE(BigInt(value), 4 + 8 * index)
  return extra
}

/** The time to the second and in UTC, as 32 bits: the time of the format itself says no zone. @see Info-ZIP, proginfo/extrafld.txt, "UT" */
function timeExtra(modifiedMs: number | undefined): Buffer {
  const seconds = modifiedMs === undefined ? Number.NaN : Math.floor(modifiedMs / 1000)
  if (!(Math.abs(seconds) < 2 ** 31)) return NOTHING
  const extra = Buffer.alloc(9)
  extra.writeUInt16LE(0x5455, 0)
  extra.writeUInt16LE(5, 2)
  extra.writeUInt8(1, 4)
  extra.writeInt32LE(seconds, 5)
  return extra
}
