import { isUtf8 } from "node:buffer"
import { type Entry, fromRandomAccessReaderPromise, getFileNameLowLevel } from "yauzl"
import { isMemberPath } from "../members/member-path.ts"
import { type ByteSource, WindowReader } from "./window-reader.ts"

/** What the directory of a zip says of a member. None of it is proven by bytes. */
export interface ZipMember {
  /** As it is written there, with `/` at the end of a folder. Not safe to be a path while `doubt` is there. */
  readonly name: string
  readonly kind: "file" | "folder" | "link"
  readonly sizeBytes: number
  readonly packedBytes: number
  readonly isEncrypted: boolean
  /** Why no honest archive would have it so. */
  readonly doubt?: string
}

export type ZipListing =
  | { readonly ok: true; readonly members: readonly ZipMember[] }
  /** `why` goes on after a name: "a.zip is no zip archive". */
  | { readonly ok: false; readonly why: string }

export interface ListZipOptions {
  /** Default 200,000: as many as rules can look at, in some 50 MB. */
  readonly mostMembers?: number
}

const MOST_MEMBERS = 200_000
/** All names, comments and extra fields together: each may have 64 KiB, and there may be many. */
const MOST_DIRECTORY_BYTES = 64 * 1024 * 1024
/** What may unpack to more than that is looked at twice. */
const FREE_BYTES = 1024 * 1024 * 1024
/** Unpacked bytes for each packed one: pictures of one colour pack to a thousandth, but not gigabytes of them. */
const MOST_EXPANSION = 100

/**
 * Lists the members of a zip archive from its directory, which lies at its end: nothing is unpacked, and of a large archive little is read.
 *
 * What is wrong with a single member is told of it: a name that leads out of the folder or is there twice, a link. What is wrong with the whole (no
 * directory, members that lie over one another as in a bomb, too many of them) leaves no list. Bytes that cannot be read throw what reading them throws.
 */
export async function listZip(source: ByteSource, options: ListZipOptions = {}): Promise<ZipListing> {
  const { mostMembers = MOST_MEMBERS } = options
  const reader = new TellingReader(source)
  try {
    const zip = await fromRandomAccessReaderPromise(reader, source.sizeBytes, {
      lazyEntries: true,
      // Names are judged here, each by itself: yauzl would give up the whole archive for one.
      decodeStrings: false,
      validateEntrySizes: true,
      autoClose: false,
    })
    if (zip.entryCount > mostMembers) return { ok: false, why: `has more than ${mostMembers} members` }
    const directory = new Directory()
    for await (const entry of zip.eachEntry()) {
      const why = directory.add(entry)
      if (why !== undefined) return { ok: false, why }
    }
    const why = directory.doubt(source.sizeBytes)
    return why === undefined ? { ok: true, members: directory.members } : { ok: false, why }
  } catch (error) {
    // Of the source: a disk that cannot be read says nothing about the archive.
    if (reader.failure !== undefined) throw reader.failure
    return {
      ok: false,
      why: `is no zip archive that can be read: ${error instanceof Error ? error.message : String(error)}`,
    }
  }
}

class TellingReader extends WindowReader {
  failure: unknown

  constructor(source: ByteSource) {
    super({
      sizeBytes: source.sizeBytes,
      part: (start, end) => this.#watched(source.part(start, end)),
    })
  }

  async *#watched(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    try {
      yield* chunks
    } catch (error) {
      this.failure = error
      throw error
    }
  }
}

class Directory {
  readonly members: ZipMember[] = []
  readonly #names = new Set<string>()
  #bytes = 0
  #packedBytes = 0
  #unpackedBytes = 0

  add(entry: Entry): string | undefined {
    const { compressedSize: packedBytes, uncompressedSize: sizeBytes } = entry
    const name = nameOf(entry)
    this.#bytes += 46 + entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength
    if (this.#bytes > MOST_DIRECTORY_BYTES) return `has a directory of more than ${MOST_DIRECTORY_BYTES} bytes`
    this.#packedBytes += packedBytes
    this.#unpackedBytes += sizeBytes
    const kind = name.endsWith("/") ? "folder" : kindOf(entry)
    const doubt = this.#doubtOf(name, kind)
    this.#names.add(name)
    this.members.push({
      ...{ name, kind, sizeBytes, packedBytes, isEncrypted: entry.isEncrypted() },
      ...(doubt === undefined ? {} : { doubt }),
    })
    return undefined
  }

  /** Of the whole. Members that share bytes are how a small archive holds petabytes. */
  doubt(archiveBytes: number): string | undefined {
    if (this.#packedBytes > archiveBytes) return "has members that lie over one another, which looks like a bomb"
    if (this.#unpackedBytes > FREE_BYTES + archiveBytes * MOST_EXPANSION)
      return `would unpack to more than ${MOST_EXPANSION} times its size, which looks like a bomb`
    return undefined
  }

  #doubtOf(name: string, kind: ZipMember["kind"]): string | undefined {
    if (!isMemberPath(name.replace(/\/$/, ""))) return "its name cannot be a path"
    if (this.#names.has(name)) return "another member has its name"
    return kind === "link" ? "it is a link" : undefined
  }
}

/** Without a flag, names are of MS-DOS. Programs on Unix put there what they have, and that is UTF-8 wherever it can be. */
function nameOf({ generalPurposeBitFlag, fileNameRaw, extraFields, versionMadeBy }: Entry): string {
  const isUnix = versionMadeBy >>> 8 === UNIX && !extraFields.some(({ id }) => id === UNICODE_PATH)
  if (isUnix && isUtf8(fileNameRaw)) return fileNameRaw.toString("utf8")
  return getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true)
}

/** Info-ZIP's extra field with the name in UTF-8. */
const UNICODE_PATH = 0x7075
/** Code of the system that made an entry, whose attributes hold a mode. */
const UNIX = 3
const TYPE_OF_FILE = 0o170000
const LINK = 0o120000

function kindOf({ versionMadeBy, externalFileAttributes }: Entry): "file" | "link" {
  const mode = versionMadeBy >>> 8 === UNIX ? externalFileAttributes >>> 16 : 0
  return (mode & TYPE_OF_FILE) === LINK ? "link" : "file"
}
