import type { Xattrs } from "@geartrain/spec"
import type { ImageOutput } from "./image-output.ts"
import { writeLookupTable } from "./lookup-table-writer.ts"
import { MetadataWriter } from "./metadata-writer.ts"

/** Stands for a file without attributes, and for an image without a table of them. */
export const NO_ATTRIBUTES = 0xffff_ffff

const PREFIXES = ["user.", "trusted.", "security."]
const RECORD_BYTES = 16

/** Sets of extended attributes: files that have the same share a record of the table. */
export class AttributeTable {
  readonly #indexes = new Map<string, number>()
  readonly #sets: { readonly count: number; readonly bytes: Buffer }[] = []

  /** @throws {RangeError} for a name that squashfs has no place for */
  index(xattrs: Xattrs): number {
    if (xattrs.size === 0) return NO_ATTRIBUTES
    const bytes = Buffer.concat([...xattrs].sort(([a], [b]) => (a < b ? -1 : 1)).map(pairOf))
    const key = bytes.toString("latin1")
    const known = this.#indexes.get(key)
    if (known !== undefined) return known
    const index = this.#sets.push({ count: xattrs.size, bytes }) - 1
    this.#indexes.set(key, index)
    return index
  }

  /** Answers with where the head of the table is; undefined when there is nothing to write. */
  async write(output: ImageOutput): Promise<number | undefined> {
    if (this.#sets.length === 0) return undefined
    const start = output.position
    const pairs = new MetadataWriter((bytes) => output.push(bytes))
    const records = Buffer.alloc(this.#sets.length * RECORD_BYTES)
    for (const [index, { count, bytes }] of this.#sets.entries()) {
      const { block, offset } = pairs.place
      records.writeBigUInt64LE((BigInt(block) << 16n) | BigInt(offset), index * RECORD_BYTES)
      records.writeUInt32LE(count, index * RECORD_BYTES + 8)
      records.writeUInt32LE(bytes.length, index * RECORD_BYTES + 12)
      pairs.write(bytes)
      await pairs.room()
    }
    await pairs.end()
    return writeLookupTable(output, records, headOf(start, this.#sets.length))
  }
}

function pairOf([name, value]: readonly [string, Uint8Array]): Buffer {
  const type = PREFIXES.findIndex((prefix) => name.startsWith(prefix))
  if (type < 0) throw new RangeError(`it has an extended attribute ${JSON.stringify(name)}`)
  const rest = Buffer.from(name.slice(PREFIXES[type]?.length))
  const head = Buffer.alloc(4)
  head.writeUInt16LE(type, 0)
  head.writeUInt16LE(rest.length, 2)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(value.length)
  return Buffer.concat([head, rest, length, value])
}

/** Stands before the list of the table's blocks. */
function headOf(start: number, count: number): Buffer {
  const head = Buffer.alloc(16)
  head.writeBigUInt64LE(BigInt(start), 0)
  head.writeUInt32LE(count, 8)
  return head
}
