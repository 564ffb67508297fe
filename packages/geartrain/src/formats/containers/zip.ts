import { type Entry, fromBufferPromise, type ZipFile } from "yauzl"
import type { FileSource } from "../file-source.ts"
import type { Format } from "../format.ts"
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
    const [one, two] = [await membersOf(a), await membersOf(b)]
    return compareMembers([one, two], { format: "zip", ...means })
  },
}

async function membersOf(source: FileSource): Promise<ReadonlyMap<string, Member>> {
  const bytes = Buffer.from(await readWhole(source.chunks(), MOST_BYTES))
  const members = new Map<string, Member>()
  try {
    const zip = await fromBufferPromise(bytes, { lazyEntries: true })
    for await (const entry of zip.eachEntry()) {
      if (members.size >= MOST_MEMBERS) throw new UnfitFile(`it has more than ${MOST_MEMBERS} members`)
      members.set(entry.fileName, memberOf(zip, entry))
    }
  } catch (error) {
    if (error instanceof UnfitFile) throw error
    throw new UnfitFile(error instanceof Error ? error.message : String(error))
  }
  return members
}

function memberOf(zip: ZipFile, entry: Entry): Member {
  return {
    name: entry.fileName,
    // As it is written there: local time, to two seconds.
    time: entry.getLastModDate({ timezone: "UTC" }).toISOString(),
    sizeBytes: entry.uncompressedSize,
    checksum: String(entry.crc32),
    source: { name: entry.fileName.split("/").at(-1) ?? "", chunks: () => contentOf(zip, entry) },
  }
}

async function* contentOf(zip: ZipFile, entry: Entry): AsyncIterable<Uint8Array> {
  try {
    yield* await zip.openReadStreamPromise(entry)
  } catch (error) {
    throw new UnfitFile(`its member "${entry.fileName}" cannot be read: ${String(error)}`)
  }
}
