import { decodeText } from "./tar-text.ts"

/** The records of one extended header. */
export interface PaxRecords {
  /** By keyword; of equal ones the last. */
  readonly values: ReadonlyMap<string, Buffer>
  /** `GNU.sparse.offset` and `GNU.sparse.numbytes`, the only keywords whose repetition means something, in their order. */
  readonly sparsePairs: readonly number[]
}

export const NO_RECORDS: PaxRecords = { values: new Map(), sparsePairs: [] }

/**
 * Reads the body of a PAX extended header: records of `length keyword=value\n`, where length counts itself. Values are bytes, and may hold
 * line feeds and NULs.
 *
 * @returns undefined when the bytes are not such records.
 * @see POSIX.1-2017, pax, "pax Extended Header"; GNU tar manual, "Storing Sparse Files" (PAX 0.0)
 */
export function parsePaxRecords(bytes: Buffer): PaxRecords | undefined {
  const values = new Map<string, Buffer>()
  const sparsePairs: number[] = []
  let position = 0
  while (position < bytes.length) {
    const space = bytes.indexOf(0x20, position)
    if (space < 0 || space - position > MOST_LENGTH_DIGITS) return undefined
    const length = parseDecimal(bytes.toString("latin1", position, space))
    if (length === undefined) return undefined
    const end = position + length
    const equals = bytes.indexOf(0x3d, space)
    if (end > bytes.length || bytes[end - 1] !== 0x0a || equals < 0 || equals >= end || equals === space + 1) {
      return undefined
    }
    const keyword = decodeText(bytes.subarray(space + 1, equals))
    const value = bytes.subarray(equals + 1, end - 1)
    if (!keyword.isUtf8) return undefined
    if (keyword.text === "GNU.sparse.offset" || keyword.text === "GNU.sparse.numbytes") {
      const number = parseDecimal(value.toString("latin1", 0, value.length))
      if (number === undefined) return undefined
      sparsePairs.push(number)
    } else if (!IGNORED.has(keyword.text)) {
      values.set(keyword.text, value)
    }
    position = end
  }
  return { values, sparsePairs }
}

/** Enough for the length of a record in a header of the largest size allowed. */
const MOST_LENGTH_DIGITS = 10

/** Written for every entry by GNU tar, and of no meaning here. */
const IGNORED = new Set(["atime", "ctime", "uname", "gname", "comment", "GNU.sparse.numblocks"])

/** @returns undefined unless the text is decimal digits and no more, and a safe integer. */
export function parseDecimal(text: string): number | undefined {
  if (!/^\d{1,16}$/.test(text)) return undefined
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : undefined
}

/**
 * Reads a time of a PAX record, as whole seconds rounded down. Digits after the point are cut and not parsed: as a number,
 * `1.99999999999999999` would become 2.
 *
 * @example
 *   parsePaxTime("-1.5") // => -2
 */
export function parsePaxTime(text: string): number | undefined {
  const match = /^(-?)(\d{1,16})(?:\.(\d*))?$/.exec(text)
  if (match === null) return undefined
  const [, sign, whole, fraction = ""] = match
  const seconds = Number(whole)
  if (!Number.isSafeInteger(seconds)) return undefined
  if (sign === "") return seconds
  // Adding 0 turns -0 into 0.
  return (/[1-9]/.test(fraction) ? -seconds - 1 : -seconds) + 0
}

/**
 * Writes records as the body of an extended header.
 *
 * @example
 *   encodePaxRecords([["path", Buffer.from("é")]]).toString() // => "11 path=é\n"
 */
export function encodePaxRecords(records: readonly (readonly [string, Uint8Array])[]): Buffer {
  return Buffer.concat(records.flatMap(([keyword, value]) => encodeRecord(keyword, value)))
}

function encodeRecord(keyword: string, value: Uint8Array): Uint8Array[] {
  const rest = Buffer.byteLength(keyword) + value.length + " =\n".length
  // The length counts its own digits: one more digit may be needed because of the digits themselves.
  let length = rest + String(rest).length
  if (rest + String(length).length !== length) length = rest + String(length).length
  return [Buffer.from(`${length} ${keyword}=`), value, LINE_FEED]
}

const LINE_FEED = Buffer.from("\n")
