import { HINTS } from "../place/image-hints.ts"
import { imageError } from "../place/image-place.ts"
import type { EntryHeaders } from "./entry-from-headers.ts"
import { NO_RECORDS, type PaxRecords, parsePaxRecords } from "./pax-records.ts"
import { BLOCK_BYTES, blockPadding, isZeroBlock, type RawHeader, readHeader } from "./tar-header.ts"
import { type Reading, type TarInput, truncated } from "./tar-input.ts"
import { decodeText, type Text } from "./tar-text.ts"

/** What was read up to an entry's body, or to the end of the archive. */
export type Headers = EntryHeadersRead | EndOfHeaders

export interface EntryHeadersRead extends EntryHeaders {
  readonly kind: "entry"
  /** Records that hold for all entries from here on. */
  readonly globals: PaxRecords["values"]
  readonly block: Buffer
}

interface EndOfHeaders {
  readonly kind: "end"
  readonly globals: PaxRecords["values"]
  /** Whether the archive says so itself. */
  readonly marked: boolean
}

/** Reads headers up to and with the one that is an entry's own. */
export function* readHeaders(input: TarInput, globalsBefore: PaxRecords["values"]): Reading<Headers> {
  const { place } = input
  const offset = input.offset
  let globals = globalsBefore
  let own = NO_RECORDS
  let longName: Text | undefined
  let longLink: Text | undefined
  for (let notes = 0; ; notes++) {
    const at = input.offset
    const block = yield* input.take(BLOCK_BYTES)
    if (block === undefined || isZeroBlock(block)) {
      if (notes > 0) throw truncated(place, { offset })
      return { kind: "end", globals, marked: block !== undefined }
    }
    const raw = readHeader(block)
    if (raw === undefined) {
      const problem = `there is no header with a right checksum at byte ${at}`
      if (at === 0)
        throw imageError("IMAGE_FORMAT_UNKNOWN", place, { problem: "it is no tar archive", hint: HINTS.knownFormats })
      throw imageError("IMAGE_DAMAGED", place, { problem, hint: HINTS.packAgain })
    }
    if (notes > MOST_NOTES) {
      const problem = `there are more than ${MOST_NOTES} headers for one entry at byte ${offset}`
      throw imageError("IMAGE_METADATA_TOO_LARGE", place, { problem, hint: HINTS.packAgain })
    }
    switch (raw.type) {
      case "g":
        globals = mergeGlobals(globals, yield* readRecords(input, raw))
        break
      case "x":
      case "X":
        own = yield* readRecords(input, raw)
        break
      case "L":
        longName = yield* readLongText(input, raw)
        break
      case "K":
        longLink = yield* readLongText(input, raw)
        break
      case "V":
        // The label of a volume is no entry, and no byte follows it.
        break
      default: {
        const values = globals.size === 0 ? own.values : new Map([...globals, ...own.values])
        const records = globals.size === 0 ? own : { ...own, values }
        // A view would be overwritten by what is read next; only an old sparse map is looked up in it later.
        const kept = raw.type === "S" ? Buffer.from(block) : block
        return { kind: "entry", globals, raw, records, longName, longLink, sparseName: undefined, offset, block: kept }
      }
    }
  }
}

function mergeGlobals(globals: PaxRecords["values"], added: PaxRecords): PaxRecords["values"] {
  const merged = new Map([...globals, ...added.values])
  // Sparse maps and attributes belong to one file; an archive that gives them to all has no honest reason.
  for (const keyword of merged.keys()) if (/^(GNU\.sparse|SCHILY|LIBARCHIVE)\./.test(keyword)) merged.delete(keyword)
  for (const keyword of ["path", "linkpath", "size"]) merged.delete(keyword)
  return merged.size > MOST_GLOBALS ? globals : merged
}

/** Of those that count (owner, time) there are three; others are kept by nobody. */
const MOST_GLOBALS = 64

function* readRecords(input: TarInput, raw: RawHeader): Reading<PaxRecords> {
  const offset = input.offset
  const records = parsePaxRecords(yield* readNote(input, raw))
  if (records !== undefined) return records
  const problem = `the extended header at byte ${offset} cannot be understood`
  throw imageError("IMAGE_DAMAGED", input.place, { problem, hint: HINTS.packAgain })
}

function* readLongText(input: TarInput, raw: RawHeader): Reading<Text> {
  const note = yield* readNote(input, raw)
  const nul = note.indexOf(0)
  return decodeText(nul < 0 ? note : note.subarray(0, nul))
}

/** The body of a header that says something about the next entry. A copy of its own. */
function* readNote(input: TarInput, raw: RawHeader): Reading<Buffer> {
  const offset = input.offset
  const size = raw.size ?? -1
  if (size < 0) {
    throw imageError("IMAGE_DAMAGED", input.place, {
      problem: `the header before byte ${offset} has no size`,
      hint: HINTS.packAgain,
    })
  }
  if (size > MOST_NOTE_BYTES) {
    const problem = `the extended header at byte ${offset} has ${size} bytes, and may have ${MOST_NOTE_BYTES}`
    throw imageError("IMAGE_METADATA_TOO_LARGE", input.place, { problem, hint: HINTS.packAgain })
  }
  const note = yield* input.take(size)
  if (note === undefined && size > 0) throw truncated(input.place, { offset })
  yield* input.skip(blockPadding(size), raw.name.text)
  return Buffer.from(note ?? "")
}

/** GNU long names, and PAX headers with the map of a very sparse file or some 64 KiB attributes, stay below. */
const MOST_NOTE_BYTES = 4 * 1024 * 1024
const MOST_NOTES = 16
