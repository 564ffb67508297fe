import type { ImageOutput } from "./image-output.ts"
import { METADATA_BYTES, MetadataWriter } from "./metadata-writer.ts"

/**
 * Writes a table of records of one length, which are found by number: metadata blocks, and then a list of where they are.
 *
 * @param records  All of them, one after the other; their length divides that of a metadata block.
 * @param head  What stands before the list, if anything.
 * @returns where the list is, or its head.
 */
export async function writeLookupTable(output: ImageOutput, records: Buffer, head?: Buffer): Promise<number> {
  const blocks: bigint[] = []
  for (let start = 0; start < records.length; start += METADATA_BYTES) {
    blocks.push(BigInt(output.position))
    const block = new MetadataWriter((bytes) => output.push(bytes))
    block.write(records.subarray(start, start + METADATA_BYTES))
    await block.end()
  }
  const place = output.position
  if (head !== undefined) output.push(head)
  output.push(listOf(blocks))
  return place
}

function listOf(positions: readonly bigint[]): Buffer {
  const list = Buffer.alloc(positions.length * 8)
  for (const [index, position] of positions.entries()) list.writeBigUInt64LE(position, index * 8)
  return list
}
