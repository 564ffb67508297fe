import { HINTS } from "../place/image-hints.ts"
import { type ImagePlace, imageError } from "../place/image-place.ts"
import { type PaxRecords, parseDecimal, parsePaxTime } from "./pax-records.ts"
import { xattrsFromRecords } from "./pax-xattrs.ts"
import type { TarEntry, TarEntryType } from "./tar-entry.ts"
import type { RawHeader } from "./tar-header.ts"
import { decodeText, type Text } from "./tar-text.ts"

/** All headers of one entry, before they are put together. */
export interface EntryHeaders {
  readonly raw: RawHeader
  /** Of the entry's own extended header, over those of the global one. */
  readonly records: PaxRecords
  /** GNU's entries `L` and `K`. */
  readonly longName: Text | undefined
  readonly longLink: Text | undefined
  /** `GNU.sparse.name`, which is the name of a file whose header has a made-up one. */
  readonly sparseName: Buffer | undefined
  readonly offset: number
}

/** What an entry is, and how many bytes of body are stored for it. */
export interface StoredEntry {
  readonly entry: Omit<TarEntry, "bodyOffset">
  readonly storedSize: number
}

const TYPES: Readonly<Record<string, TarEntryType>> = {
  "\0": "file",
  "0": "file",
  "1": "hard-link",
  "2": "link",
  "3": "character-device",
  "4": "block-device",
  "5": "folder",
  "6": "fifo",
  // "Contiguous file", which no system in use tells from a plain one.
  "7": "file",
  S: "file",
}

const MOST_ID = 0xfffffffe
// Linux keeps 12 bits of the major and 20 bits of the minor number.
const MOST_MAJOR = 0xfff
const MOST_MINOR = 0xfffff

/**
 * Puts the headers of one entry together: PAX records count before GNU's long names, and those before the header block.
 *
 * @throws {GeartrainError} IMAGE_ENTRY_UNSUPPORTED, IMAGE_NAME_NOT_UTF8, IMAGE_NAME_INVALID, IMAGE_ACL_UNREADABLE, IMAGE_DAMAGED
 */
export function entryFromHeaders(headers: EntryHeaders, place: ImagePlace): StoredEntry {
  const { raw, records, offset } = headers
  const { values } = records
  const pathText = textRecord(headers.sparseName ?? values.get("path")) ?? headers.longName ?? raw.name
  const fail = (problem: string): never => {
    throw imageError("IMAGE_DAMAGED", place, { entry: pathText.text, offset, problem, hint: HINTS.packAgain })
  }
  const check = (number = Number.NaN, what: string): number =>
    Number.isNaN(number) ? fail(`has a ${what} that cannot be read`) : number

  const path = checkedText(pathText, "name")
  const type = typeOf(raw, path)
  if (type === undefined) {
    throw imageError("IMAGE_ENTRY_UNSUPPORTED", place, {
      entry: path,
      offset,
      problem: `is of type ${JSON.stringify(raw.type)}, which no root filesystem can hold`,
      hint: "Pack the folder again with GNU tar and --format=pax",
    })
  }
  const isLink = type === "link" || type === "hard-link"
  const target = isLink
    ? checkedText(textRecord(values.get("linkpath")) ?? headers.longLink ?? raw.linkName, "target")
    : ""
  const size = check(recordNumber(values.get("size")) ?? raw.size, "size")
  if (size < 0) fail("has a negative size")
  // Writers disagree on whether bytes follow such an entry, and a reader that guesses wrong reads file contents as headers. Of hard links
  // all agree that none do, whatever their size says.
  if (size !== 0 && type !== "file" && type !== "hard-link") fail(`is a ${type} and has a size of ${size}`)
  const uid = check(recordNumber(values.get("uid")) ?? raw.uid, "user id")
  const gid = check(recordNumber(values.get("gid")) ?? raw.gid, "group id")
  if (uid < 0 || uid > MOST_ID || gid < 0 || gid > MOST_ID)
    fail(`has an owner of ${uid}:${gid}, which Linux cannot hold`)
  const isDevice = type === "character-device" || type === "block-device"
  const major = isDevice ? check(recordNumber(values.get("SCHILY.devmajor")) ?? raw.major, "device number") : 0
  const minor = isDevice ? check(recordNumber(values.get("SCHILY.devminor")) ?? raw.minor, "device number") : 0
  if (major < 0 || major > MOST_MAJOR || minor < 0 || minor > MOST_MINOR)
    fail(`has the device number ${major}:${minor}`)
  const mtimeRecord = values.get("mtime")
  const mtime = mtimeRecord === undefined ? raw.mtime : parsePaxTime(mtimeRecord.toString("latin1"))

  const xattrs = xattrsFromRecords(values)
  if ("unreadable" in xattrs) {
    throw imageError(xattrs.isAcl ? "IMAGE_ACL_UNREADABLE" : "IMAGE_DAMAGED", place, {
      entry: path,
      offset,
      problem: `has a record "${xattrs.unreadable}" that cannot be understood`,
      hint: "Pack the folder again with GNU tar and --numeric-owner",
    })
  }
  const mode = check(raw.mode, "mode") & 0o7777
  const stored = type === "file" ? size : 0
  return {
    entry: {
      type,
      path,
      mode,
      uid,
      gid,
      mtime: check(mtime, "time"),
      size: stored,
      target,
      major,
      minor,
      xattrs,
      offset,
    },
    storedSize: stored,
  }

  function checkedText({ text, isUtf8 }: Text, what: "name" | "target"): string {
    if (!isUtf8) {
      throw imageError("IMAGE_NAME_NOT_UTF8", place, {
        entry: pathText.text,
        offset,
        problem: `has a ${what} that is not UTF-8`,
        hint: "Rename the file with convmv, and pack the folder again",
      })
    }
    if (text === "" || text.includes("\0")) {
      const problem = text === "" ? `has an empty ${what}` : `has a ${what} with a NUL in it`
      throw imageError("IMAGE_NAME_INVALID", place, { entry: pathText.text, offset, problem, hint: HINTS.packAgain })
    }
    return text
  }
}

/** The types before POSIX have no folder: a plain file whose name ends in a slash is one. */
function typeOf(raw: RawHeader, path: string): TarEntryType | undefined {
  const type = Object.hasOwn(TYPES, raw.type) ? TYPES[raw.type] : undefined
  // Only GNU's `S` is a sparse file as this reader knows it.
  if (raw.type === "S" && raw.dialect !== "gnu") return undefined
  return type === "file" && raw.type !== "S" && path.endsWith("/") ? "folder" : type
}

/** An empty value takes a record back that a global header gave. */
function textRecord(value: Buffer | undefined): Text | undefined {
  return value === undefined || value.length === 0 ? undefined : decodeText(value)
}

/** A record that is there and wrong gives NaN, so that the header's own field is not taken instead; `check` finds it. */
function recordNumber(value: Buffer | undefined): number | undefined {
  if (value === undefined || value.length === 0) return undefined
  return parseDecimal(value.toString("latin1")) ?? Number.NaN
}
