import { UnfitFile } from "../../unfit-file.ts"

/** What stands before the records. */
export interface BamHeader {
  /** The text, line by line, and after it the sequences, which may say more than it. */
  readonly lines: readonly string[]
  readonly sequences: number
  /** Where the records begin. */
  readonly endsAt: number
}

/** Headers name every sequence of a genome; this is no header any more. */
const MOST_HEADER_BYTES = 64 * 1024 * 1024

/**
 * Reads the header of what was unpacked so far.
 *
 * @returns undefined while it is not whole.
 * @throws {UnfitFile} when it is none.
 */
export function readBamHeader(bytes: Buffer): BamHeader | undefined {
  if (bytes.length < 4) return undefined
  if (bytes.toString("latin1", 0, 4) !== "BAM\u0001") throw new UnfitFile("it has not the mark of a BAM")
  if (bytes.length > MOST_HEADER_BYTES) throw new UnfitFile("its header is too long")
  let at = 4
  const text = takeText()
  if (text === undefined) return undefined
  const count = takeNumber()
  if (count === undefined) return undefined
  const lines = text.toString("utf8").replace(/\0+$/, "").replace(/\n$/, "").split("\n")
  for (let index = 0; index < count; index += 1) {
    const name = takeText()
    if (name === undefined) return undefined
    const bases = takeNumber(Number.POSITIVE_INFINITY)
    if (bases === undefined) return undefined
    lines.push(`sequence ${name.toString("latin1").replace(/\0$/, "")}, ${bases} bases`)
  }
  return { lines, sequences: count, endsAt: at }

  function takeNumber(most = MOST_HEADER_BYTES): number | undefined {
    if (at + 4 > bytes.length) return undefined
    const number = bytes.readInt32LE(at)
    if (number < 0 || number > most) throw new UnfitFile("its header makes no sense")
    at += 4
    return number
  }

  function takeText(): Buffer | undefined {
    const length = takeNumber()
    if (length === undefined || at + length > bytes.length) return undefined
    at += length
    return bytes.subarray(at - length, at)
  }
}
