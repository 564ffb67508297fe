import { gunzip } from "../../containers/gunzip.ts"
import type { UnpackBudget } from "../../containers/unpack-budget.ts"
import type { FileSource } from "../../file-source.ts"
import { UnfitFile } from "../../unfit-file.ts"
import { type BlockRun, unpackBlocks, wholeBlocks } from "./bgzf.ts"
import { BlockStream } from "./block-stream.ts"
import { commonPrefix } from "./common-prefix.ts"

/** The next unpacked bytes of both files; perhaps none of one. */
export interface UnpackedPair {
  readonly a: Buffer
  readonly b: Buffer
  /** Whether these are the last of a side. */
  readonly ends: { readonly a: boolean; readonly b: boolean }
}

/** Whoever reads the pairs. Asked after each. */
export interface PairReader {
  /** Unpacked bytes that wait for their like on the other side. */
  readonly backlog: { readonly a: number; readonly b: number }
  /** Whether blocks that are the same on both sides may be passed over: both are between two records, or nobody wants to know. */
  readonly mayPass: boolean
  /** Is told that the same blocks were passed over, up to this byte of A. */
  passed(position: number): void
}

/** Packed bytes that are unpacked at once: enough to keep a thread busy for some milliseconds. */
const BATCH_BYTES = 256 * 1024
/** Batches that are being unpacked while another is looked at. */
const MOST_WAITING = 3
/** A side that is so far ahead waits for the other. */
const MOST_BACKLOG_BYTES = 8 * 1024 * 1024
/** Fewer bytes are unpacked sooner than passed over, which has to wait for all that is being unpacked. */
const LEAST_PASSED_BYTES = 256 * 1024
const LARGEST_BLOCK_BYTES = 64 * 1024

/**
 * Unpacks two files of blocks in step, each several blocks at a time and in threads of their own. What is packed the same is not unpacked
 * where the reader lets it be passed over: of files that differ in one place, little but that place is unpacked.
 *
 * @throws {UnfitFile} when one is damaged or cut short.
 */
export async function* unpackedPairs(
  sources: readonly [FileSource, FileSource],
  reader: PairReader,
  budget: UnpackBudget,
): AsyncIterable<UnpackedPair> {
  const [a, b] = sources.map((source) => new BlockStream(source.chunks({ reused: true }))) as [BlockStream, BlockStream]
  const waiting: Promise<UnpackedPair>[] = []
  try {
    for (;;) {
      await Promise.all([a.fill(BATCH_BYTES + LARGEST_BLOCK_BYTES), b.fill(BATCH_BYTES + LARGEST_BLOCK_BYTES)])
      if (a.bytes.length === 0 && b.bytes.length === 0) break
      const same = wholeBlocks(a.bytes, commonPrefix(a.bytes, b.bytes)).length
      if (same >= LEAST_PASSED_BYTES || (same > 0 && same === a.bytes.length && same === b.bytes.length)) {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) yield await next
        if (reader.mayPass) {
          for (const side of [a, b]) side.drop(same)
          reader.passed(a.position)
          continue
        }
      }
      waiting.push(unpackNext([a, b], reader, budget))
      if (waiting.length >= MOST_WAITING) yield (await waiting.shift()) as UnpackedPair
    }
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) yield await next
  } finally {
    // What is still being unpacked ends by itself; whether it fails matters to nobody any more.
    for (const pair of waiting) pair.catch(() => undefined)
    await Promise.all([a.close(), b.close()])
  }
}

/** The same for files that are packed otherwise: nothing can be passed over. */
export async function* plainPairs(
  sources: readonly [FileSource, FileSource],
  { backlog }: PairReader,
  budget: UnpackBudget,
): AsyncIterable<UnpackedPair> {
  const [a, b] = sources.map((source) => budget.spend(gunzip(source.chunks()))[Symbol.asyncIterator]()) as [
    AsyncIterator<Uint8Array>,
    AsyncIterator<Uint8Array>,
  ]
  const ends = { a: false, b: false }
  const next = async (side: "a" | "b", other: "a" | "b"): Promise<Buffer> => {
    if (ends[side] || (backlog[side] > MOST_BACKLOG_BYTES && backlog[other] <= MOST_BACKLOG_BYTES && !ends[other]))
      return NOTHING
    const { done, value } = await (side === "a" ? a : b).next()
    ends[side] = done === true
    return done === true ? NOTHING : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  }
  try {
    while (!ends.a || !ends.b) yield { a: await next("a", "b"), b: await next("b", "a"), ends: { ...ends } }
  } finally {
    await Promise.all([a.return?.(), b.return?.()])
  }
}

const NOTHING = Buffer.alloc(0)

/** As many blocks of both sides, so that they stay in step; none of a side that is far ahead. */
function unpackNext(
  [a, b]: readonly [BlockStream, BlockStream],
  { backlog }: PairReader,
  budget: UnpackBudget,
): Promise<UnpackedPair> {
  const [one, two] = [nextBlocks(a), nextBlocks(b)]
  if (one.count === 0 && two.count === 0) throw new UnfitFile("it is cut short")
  const aWaits = backlog.a > MOST_BACKLOG_BYTES && two.count > 0
  const bWaits = backlog.b > MOST_BACKLOG_BYTES && one.count > 0 && !aWaits
  const most = aWaits || bWaits ? Number.POSITIVE_INFINITY : Math.min(one.count || two.count, two.count || one.count)
  const unpack = (side: BlockStream, waits: boolean): Promise<Buffer> => {
    const run = waits ? NONE : nextBlocks(side, most)
    budget.take(run.unpackedBytes)
    // A copy, since the memory is read into again before it is unpacked.
    const packed = Buffer.from(side.bytes.subarray(0, run.length))
    side.drop(run.length)
    return unpackBlocks(packed, run.unpackedBytes)
  }
  const unpacked = Promise.all([unpack(a, aWaits), unpack(b, bWaits)])
  const ends = { a: a.isAtEnd && a.bytes.length === 0, b: b.isAtEnd && b.bytes.length === 0 }
  const pair = unpacked.then(([left, right]) => ({ a: left, b: right, ends }))
  // Looked at later: until then it must not go unheard.
  pair.catch(() => undefined)
  return pair
}

function nextBlocks({ bytes }: BlockStream, most?: number): BlockRun {
  return wholeBlocks(bytes, Math.min(bytes.length, BATCH_BYTES), most)
}

const NONE = { length: 0, count: 0, unpackedBytes: 0 }
