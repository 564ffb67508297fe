import type { Findings } from "../file-comparison.ts"
import type { ByteReader } from "../streams/byte-reader.ts"
import { UnfitFile } from "../unfit-file.ts"
import { NumberTally } from "./number-tally.ts"
import { type NumberType, readNumbers } from "./number-type.ts"

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
 * Compares numbers in step. Pieces with the same bytes are not decoded, so that two files that are alike cost little more than reading.
 *
 * @throws {UnfitFile} when a file ends before its header says.
 */
export async function compareNumbers(
  a: ByteReader,
  b: ByteReader,
  { block, findings }: { readonly block: NumberBlock; readonly findings: Findings },
): Promise<NumberTally> {
  const { type, count, scale = 1, offset = 0, nameOf } = block
  const tally = new NumberTally()
  for (let done = 0; done < count; ) {
    const bytes = Math.min(PORTION_BYTES, (count - done) * type.bytes)
    const [one, two] = [await a.take(bytes), await b.take(bytes)]
    if (one.length < bytes || two.length < bytes) throw new UnfitFile("it ends before all its numbers")
    const portion = bytes / type.bytes
    if (Buffer.compare(one, two) === 0) tally.addEqual(portion)
    else {
      const [left, right] = [readNumbers(one, type), readNumbers(two, type)]
      for (let index = 0; index < portion; index += 1) {
        const [x, y] = [(left[index] ?? 0) * scale + offset, (right[index] ?? 0) * scale + offset]
        if (!tally.add(x, y)) findings.add(nameOf(done + index), String(x), String(y))
      }
    }
    done += portion
  }
  return tally
}
