import { closeSync, openSync, writeSync } from "node:fs"
import { crc32, deflateRawSync } from "node:zlib"
import { noise } from "./noise.ts"

/** What BGZF packs into one block at most. */
const BLOCK_BYTES = 0xff00
/** Blocks that are made; larger files have them several times over, which no reader can tell. */
const DISTINCT_BLOCKS = 2000
const READ_LENGTH = 100

/**
 * Writes alignments as an aligner does: reads of 100 bases with names, places and qualities, in BGZF blocks that end where a record ends.
 *
 * @param seed  Another one gives other qualities for the same reads: every record differs.
 * @param oddLast  The last block has one quality that is another.
 * @see Sequence Alignment/Map Format Specification, section 4
 */
export function writeBam(
  path: string,
  { bytes, seed, oddLast = false }: { readonly bytes: number; readonly seed: number; readonly oddLast?: boolean },
): void {
  const file = openSync(path, "w")
  try {
    const header = block(headerBytes())
    writeSync(file, header)
    const qualities = noise(seed)
    const blocks = Array.from({ length: DISTINCT_BLOCKS }, (_, index) => block(records(index, qualities)))
    let written = header.length
    for (let index = 0; written < bytes; index += 1) {
      const next = blocks[index % blocks.length] as Buffer
      writeSync(file, next)
      written += next.length
    }
    const last = records(DISTINCT_BLOCKS, noise(0))
    if (oddLast) last[last.length - 1] = 1 + (last[last.length - 1] ?? 0)
    writeSync(file, Buffer.concat([block(last), block(Buffer.alloc(0))]))
  } finally {
    closeSync(file)
  }
}

function headerBytes(): Buffer {
  const text = Buffer.from("@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:chr1\tLN:248956422\n@PG\tID:aligner\tVN:1\n")
  const name = Buffer.from("chr1\0")
  return Buffer.concat([Buffer.from("BAM\x01"), int(text.length), text, int(1), int(name.length), name, int(248956422)])
}

/** As many as fit into one block. */
function records(number: number, qualities: () => number): Buffer {
  const bases = noise(number + 1)
  const parts: Buffer[] = []
  let length = 0
  for (let index = 0; ; index += 1) {
    const name = Buffer.from(`INSTR:7:FLOW:${number % 8}:${1000 + number}:${index * 31}\0`)
    const rest = Buffer.alloc(4 + READ_LENGTH / 2 + READ_LENGTH + 4)
    rest.writeUInt32LE(READ_LENGTH << 4, 0)
    for (let at = 4; at < 4 + READ_LENGTH / 2; at += 1)
      rest[at] = ((1 << (bases() & 3)) << 4) | (1 << ((bases() >>> 4) & 3))
    let quality = 37
    for (let at = 4 + READ_LENGTH / 2; at < rest.length - 4; at += 1) {
      // Neighbours have the same quality mostly, as from a sequencer that tells eight of them.
      const drawn = qualities()
      if ((drawn & 7) === 0) quality = [2, 11, 22, 25, 30, 34, 37, 40][(drawn >>> 3) & 7] ?? 37
      rest[at] = quality
    }
    rest.write("NMC\0", rest.length - 4, "latin1")
    const fixed = Buffer.alloc(32)
    fixed.writeInt32LE(number * 10_000 + index * 40, 4)
    fixed.writeUInt8(name.length, 8)
    fixed.writeUInt8(60, 9)
    fixed.writeUInt16LE(1, 12)
    fixed.writeInt32LE(READ_LENGTH, 16)
    fixed.writeInt32LE(-1, 20)
    fixed.writeInt32LE(-1, 24)
    const record = Buffer.concat([int(fixed.length + name.length + rest.length), fixed, name, rest])
    if (length + record.length > BLOCK_BYTES) return Buffer.concat(parts)
    parts.push(record)
    length += record.length
  }
}

function block(bytes: Buffer): Buffer {
  const packed = deflateRawSync(bytes, { level: 6 })
  const head = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, 0x42, 0x43, 2, 0, 0, 0])
  head.writeUInt16LE(head.length + packed.length + 8 - 1, 16)
  const tail = Buffer.alloc(8)
  tail.writeUInt32LE(crc32(bytes), 0)
  tail.writeUInt32LE(bytes.length, 4)
  return Buffer.concat([head, packed, tail])
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}
