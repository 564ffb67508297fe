import type { Findings } from "../file-comparison.ts"
import type { ByteReader } from "../streams/byte-reader.ts"
import { UnfitFile } from "../unfit-file.ts"
import type { Scaling } from "./measure-pairs.ts"
import { NumberTally } from "./number-tally.ts"
import { isLong, type LongArray, type NumberArray, type NumberType, viewNumbers } from "./number-type.ts"

/** A multiple of every size of a number. */
const PORTION_BYTES = 1024 * 1024

/** Numbers of one type that follow each other in both files. */
export interface NumberBlock {
  readonly type: NumberType
  readonly count: number
  /** Shown and measured values are `number * scale + offset`. */
  readonly scale?: number
  readonly offset?: number
  /** How the place of a number is called. */
  readonly nameOf: (index: number) => string
}

/**
 * Compares numbers in step. Pieces with the same bytes are not looked into, so that two files that are alike cost little more than reading.
 *
 * @throws {UnfitFile} when a file ends before its header says.
 */
export async function compareNumbers(
  a: ByteReader,
  b: ByteReader,
  { block, findings }: { readonly block: NumberBlock; readonly findings: Findings },
): Promise<NumberTally> {
  const { type, count, nameOf } = block
  const scaling = { scale: block.scale ?? 1, offset: block.offset ?? 0 }
  const tally = new NumberTally()
  for (let done = 0; done < count; ) {
    const most = Math.min(PORTION_BYTES, (count - done) * type.bytes)
    // What both have at hand, so that it need not be put together of two pieces.
    const ready = Math.min(await a.ready(type.bytes), await b.ready(type.bytes), most)
    const bytes = ready - (ready % type.bytes)
    if (bytes === 0) throw new UnfitFile("it ends before all its numbers")
    const [one, two] = [await a.take(bytes), await b.take(bytes)]
    const portion = bytes / type.bytes
    if (Buffer.compare(one, two) === 0) tally.addEqual(portion)
    else {
      const pair = [viewNumbers(one, type), viewNumbers(two, type)] as const
      comparePortion(pair, { scaling, tally, findings, nameOf: (index) => nameOf(done + index) })
    }
    done += portion
  }
  return tally
}

interface Portion {
  readonly scaling: Scaling
  readonly tally: NumberTally
  readonly findings: Findings
  readonly nameOf: (index: number) => string
}

/** Compares arrays of one type and length: the first that differ are named, all are measured. */
export function comparePortion(
  [a, b]: readonly [NumberArray | LongArray, NumberArray | LongArray],
  { scaling, tally, findings, nameOf }: Portion,
): void {
  const before = tally.errors.differing
  if (isLong(a) && isLong(b)) tally.addAllLong(a, b, scaling)
  else if (!isLong(a) && !isLong(b)) tally.addAll(a, b, scaling)
  else throw new RangeError("Numbers of two types cannot be compared")
  let unnamed = tally.errors.differing - before
  const textOf = (value: number | bigint | undefined): string =>
    scaling.scale === 1 && scaling.offset === 0 ? String(value) : String(Number(value) * scaling.scale + scaling.offset)
  for (let index = 0; unnamed > 0 && !findings.isFull; index += 1) {
    if (a[index] === b[index] || (Number.isNaN(a[index]) && Number.isNaN(b[index]))) continue
    findings.add(nameOf(index), textOf(a[index]), textOf(b[index]))
    unnamed -= 1
  }
  findings.addUnseen(unnamed)
}
