import { UnpackBudget } from "./containers/unpack-budget.ts"
import { comparison, type FileComparison, Findings } from "./file-comparison.ts"
import type { FileSource } from "./file-source.ts"
import type { Format } from "./format.ts"
import { compareBytes } from "./kinds/bytes.ts"
import { FORMATS } from "./known-formats.ts"
import { ByteReader } from "./streams/byte-reader.ts"
import { equalBytes } from "./streams/equal-bytes.ts"
import { UnfitFile } from "./unfit-file.ts"

/** A container in a container in a container: deeper than this is an attack, and compared as bytes. */
const DEEPEST = 5
/** What the first bytes of every format can be told by: a tar has its mark at 257, a FITS file its first card. */
const HEAD_BYTES = 4096

/**
 * Compares two files by what their format says they mean: records, fields, numbers and members. Files of a format that is not known, of two
 * formats, or not what they promise, are compared byte by byte. Those with the same bytes are not looked into.
 *
 * Reads both from the beginning, more than once perhaps; memory stays bounded whatever their size.
 */
export function compareFiles(
  a: FileSource,
  b: FileSource,
  budget: UnpackBudget = new UnpackBudget(),
): Promise<FileComparison> {
  return compareAt({ depth: 0, budget }, budget.counted(a), budget.counted(b))
}

interface Place {
  /** Containers around the two. */
  readonly depth: number
  readonly budget: UnpackBudget
}

async function compareAt({ depth, budget }: Place, a: FileSource, b: FileSource): Promise<FileComparison> {
  const format = depth < DEEPEST ? await formatOf(a, b) : undefined
  // Members of archives have been told apart by their digests already.
  const size = depth === 0 ? await equalBytes(a.chunks({ reused: true }), b.chunks({ reused: true })) : undefined
  if (size !== undefined)
    return comparison(format?.name ?? "bytes", new Findings(), { summary: `the same ${size} bytes` })
  if (format === undefined) return compareBytes(a, b)
  try {
    const found = await format.compare(a, b, {
      inside: (one, two) => compareAt({ depth: depth + 1, budget }, one, two),
      budget,
    })
    // Here it is known that the bytes are others: whoever is told that nothing differs is told that, too.
    return depth === 0 && found.same ? { ...found, summary: `${found.summary}${OTHER_BYTES}` } : found
  } catch (error) {
    if (!(error instanceof UnfitFile)) throw error
    const bytes = await compareBytes(a, b)
    return {
      ...bytes,
      summary: `${bytes.summary}; compared as bytes, since one is no readable ${format.name}: ${error.message}`,
    }
  }
}

const OTHER_BYTES = "; other bytes, which mean the same"

async function formatOf(a: FileSource, b: FileSource): Promise<Format | undefined> {
  const [one, two] = await Promise.all([headOf(a), headOf(b)])
  const fits = (format: Format, head: Uint8Array, name: string): boolean => format.fits(head, name.toLowerCase())
  return FORMATS.find((format) => fits(format, one, a.name) && fits(format, two, b.name))
}

async function headOf(source: FileSource): Promise<Uint8Array> {
  const reader = new ByteReader(source.chunks())
  try {
    return await reader.take(HEAD_BYTES)
  } finally {
    await reader.close()
  }
}
