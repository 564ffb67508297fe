import type { Xattrs } from "@geartrain/spec"
import { type ImageFile, readImage } from "./image-file.ts"
import { LookupTable } from "./lookup-table.ts"
import type { Metadata, MetadataCursor } from "./metadata.ts"
import { decodePlainText } from "./plain-text.ts"
import { inodePlace } from "./superblock.ts"

/** Reads the extended attributes that a record of the table stands for. */
export type ReadAttributes = (index: number) => Xattrs

const PREFIXES = ["user.", "trusted.", "security."]
/** The value lies elsewhere, and many share it. */
const ELSEWHERE = 0x100
const RECORD_BYTES = 16
/** What Linux lets a value have. @see Linux, include/uapi/linux/limits.h, XATTR_SIZE_MAX */
const MOST_VALUE_BYTES = 65_536
/** Names of all attributes of one file have as many bytes at most, XATTR_LIST_MAX. */
const MOST_ATTRIBUTES = 65_536 / 2

/** @param table  Where the head of the table of attributes is. */
export function openAttributes(image: ImageFile, metadata: Metadata, table: number): ReadAttributes {
  let opening: { readonly start: number; readonly records: LookupTable } | undefined
  const open = () => {
    const head = readImage(image, { position: table, length: 16 })
    const shape = { list: table + 16, count: head.readUInt32LE(8), recordBytes: RECORD_BYTES }
    return { start: Number(head.readBigUInt64LE(0)), records: new LookupTable(image, metadata, shape) }
  }
  return (index) => {
    opening ??= open()
    const { start, records } = opening
    const record = records.record(index)
    const count = record.readUInt32LE(8)
    if (count > MOST_ATTRIBUTES) throw new RangeError(`it has a file with ${count} extended attributes`)
    const at = (reference: bigint): MetadataCursor => {
      const { block, offset } = inodePlace(reference)
      return metadata.at(start + block, offset)
    }
    return readPairs(at(record.readBigUInt64LE(0)), count, at)
  }
}

function readPairs(cursor: MetadataCursor, count: number, at: (reference: bigint) => MetadataCursor): Xattrs {
  const pairs = new Map<string, Uint8Array>()
  for (let index = 0; index < count; index++) {
    const head = cursor.take(4)
    const type = head.readUInt16LE(0)
    const prefix = PREFIXES[type & 0xff]
    if (prefix === undefined) throw new RangeError(`it has an extended attribute of type ${type}`)
    const name = decodePlainText(cursor.take(head.readUInt16LE(2)))
    const value = readValue(cursor)
    const isElsewhere = (type & ELSEWHERE) !== 0
    if (isElsewhere && value.length !== 8) throw new RangeError("it has an extended attribute without a value")
    pairs.set(prefix + name, Buffer.from(isElsewhere ? readValue(at(value.readBigUInt64LE(0))) : value))
  }
  return pairs
}

function readValue(cursor: MetadataCursor): Buffer {
  const length = cursor.take(4).readUInt32LE(0)
  if (length > MOST_VALUE_BYTES) throw new RangeError(`it has an extended attribute of ${length} bytes`)
  return length === 0 ? Buffer.alloc(0) : cursor.take(length)
}
