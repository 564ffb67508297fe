import { comparison, type FileComparison, Findings } from "../file-comparison.ts"
import type { FileSource } from "../file-source.ts"
import { compareNumbers, type NumberBlock } from "../numbers/compare-numbers.ts"
import { errorText } from "../numbers/number-tally.ts"
import { type ByteReader, readBoth } from "../streams/byte-reader.ts"

/** What the header of a file of numbers says. */
export interface ArrayHeader {
  /** Everything that a reader of the file would call its description, by the format's own names. */
  readonly fields: ReadonlyMap<string, string>
  /** Undefined where the numbers are of a kind that is compared byte by byte. */
  readonly block: NumberBlock | undefined
}

/** Compares files that are a header and then numbers: the header field by field, the numbers by how far they are apart. */
export function compareArrays(
  a: FileSource,
  b: FileSource,
  how: { readonly format: string; readonly readHeader: (reader: ByteReader) => Promise<ArrayHeader> },
): Promise<FileComparison> {
  return readBoth(a, b, async (left, right) => {
    const findings = new Findings()
    const [one, two] = [await how.readHeader(left), await how.readHeader(right)]
    for (const name of new Set([...one.fields.keys(), ...two.fields.keys()])) {
      const [x, y] = [one.fields.get(name), two.fields.get(name)]
      if (x !== y) findings.add(name, x, y)
    }
    const header = findings.count === 0 ? "the same header" : `${findings.count} fields of the header differ`
    const block = sameBlock(one.block, two.block)
    if (block === undefined) {
      const rest = await restDiffers(left, right)
      if (rest) findings.add("data", undefined, undefined)
      return comparison(how.format, findings, {
        summary: `${header}; the numbers are of different kinds${rest ? "" : ", of the same bytes"}`,
      })
    }
    const isSameHeader = findings.count === 0
    const tally = await compareNumbers(left, right, { block, findings })
    const isSameRest = !(await restDiffers(left, right))
    if (!isSameRest) findings.add("after the numbers", undefined, undefined)
    return comparison(how.format, findings, {
      summary: `${header}; ${errorText(tally.errors)}`,
      numbers: tally.errors,
      ...(isSameHeader && isSameRest ? { onlyNumbers: true as const } : {}),
    })
  })
}

function sameBlock(a: NumberBlock | undefined, b: NumberBlock | undefined): NumberBlock | undefined {
  if (a === undefined || b === undefined) return undefined
  const isSame =
    a.count === b.count &&
    a.type.kind === b.type.kind &&
    a.type.bytes === b.type.bytes &&
    a.type.endian === b.type.endian &&
    a.scale === b.scale &&
    a.offset === b.offset
  return isSame ? a : undefined
}

async function restDiffers(a: ByteReader, b: ByteReader): Promise<boolean> {
  for (;;) {
    const [one, two] = [await a.take(PORTION_BYTES), await b.take(PORTION_BYTES)]
    if (Buffer.compare(one, two) !== 0) return true
    if (one.length === 0) return false
  }
}

const PORTION_BYTES = 1024 * 1024
