import { basename } from "node:path"
import { crc32 } from "node:zlib"
import { type Entry, fromBufferPromise, type ZipFile } from "yauzl"
import { sha256 } from "../../system/hash.ts"
import type { FileSource } from "../file-source.ts"
import type { Format, FormatMeans } from "../format.ts"
import { readWhole } from "../streams/read-whole.ts"
import { UnfitFile } from "../unfit-file.ts"
import { compareMembers, type Member } from "./compare-members.ts"

/** The directory of a zip lies at its end: a larger one is compared as bytes. */
const MOST_BYTES = 128 * 1024 * 1024
const MOST_MEMBERS = 100_000

/** Archives whose members are compared by their own formats: office documents and NumPy's `.npz` are some, too. */
export const ZIP: Format = {
  name: "zip",
  fits: (head) => head[0] === 0x50 && head[1] === 0x4b && (head[2] === 3 || head[2] === 5),
  compare: async (a, b, means) => {
    const sides = { a: await membersOf(a, means), b: await membersOf(b, means) }
    const open = (side: "a" | "b", name: string): FileSource | undefined => sides[side].get(name)?.source
    return compareMembers([sides.a, sides.b], { format: "zip", facts: FACTS, open }, means)
  },
}

interface ZipMember extends Member {
  readonly source: FileSource
}

/** What a zip says of a member beside its content: the time as it is written there, in local time and to two seconds. */
const FACTS = ["time", "mode", "comment"]

async function membersOf(source: FileSource, means: FormatMeans): Promise<ReadonlyMap<string, ZipMember>> {
  const bytes = Buffer.from(await readWhole(source.chunks(), MOST_BYTES))
  const members = new Map<string, ZipMember>()
  try {
    const zip = await fromBufferPromise(bytes, { lazyEntries: true })
    for await (const entry of zip.eachEntry()) {
      if (members.size >= MOST_MEMBERS) throw new UnfitFile(`it has more than ${MOST_MEMBERS} members`)
      const { fileName } = entry
      let name = fileName
      // A member may have a name that looks like one of ours: none takes the place of another.
      for (let number = members.size + 1; members.has(name); number += 1)
        name = `${fileName} (entry ${number} of the directory)`
      members.set(name, memberOf(name, { bytes, zip, entry }, means))
    }
  } catch (error) {
    if (error instanceof UnfitFile) throw error
    throw new UnfitFile(error instanceof Error ? error.message : String(error))
  }
  return members
}

interface Packed {
  /** The whole archive. */
  readonly bytes: Buffer
  readonly zip: ZipFile
  readonly entry: Entry
}

function memberOf(name: string, packed: Packed, { budget }: FormatMeans): ZipMember {
  const { zip, entry } = packed
  const mode =
    entry.versionMadeBy >>> 8 === UNIX ? ((entry.externalFileAttributes >>> 16) & 0o7777).toString(8) : "none"
  return {
    name,
    facts: [entry.getLastModDate({ timezone: "UTC" }).toISOString(), mode, entry.fileComment],
    sizeBytes: entry.uncompressedSize,
    checksum: checksumOf(packed),
    source: { name: basename(entry.fileName), chunks: () => budget.spend(contentOf(zip, entry)) },
  }
}

/** Code of the system that made an entry, whose attributes hold a mode. */
const UNIX = 3

/** Of the packed bytes, and not the one in the directory: that may lie, and stays as it is when a member is damaged. */
function checksumOf({ bytes, entry }: Packed): string {
  const start = entry.relativeOffsetOfLocalHeader
  if (start + LOCAL_HEADER_BYTES > bytes.length)
    throw new UnfitFile(`its member "${entry.fileName}" lies outside of it`)
  const dataAt = start + LOCAL_HEADER_BYTES + bytes.readUInt16LE(start + 26) + bytes.readUInt16LE(start + 28)
  return `${entry.compressionMethod} ${entry.crc32} ${sha256(bytes.subarray(dataAt, dataAt + entry.compressedSize))}`
}

const LOCAL_HEADER_BYTES = 30

async function* contentOf(zip: ZipFile, entry: Entry): AsyncIterable<Uint8Array> {
  const unfit = (why: string): UnfitFile => new UnfitFile(`its member "${entry.fileName}" cannot be read: ${why}`)
  let checksum = 0
  try {
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      checksum = crc32(chunk as Buffer, checksum)
      yield chunk as Buffer
    }
  } catch (error) {
    throw unfit(String(error))
  }
  if (checksum !== entry.crc32) throw unfit("its checksum is not the one in the directory")
}
