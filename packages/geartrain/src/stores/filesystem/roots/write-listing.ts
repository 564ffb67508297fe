import { type Digest, GeartrainError, TREE_LISTING_HEADER, type TreeDigest } from "@geartrain/spec"
import { writeHashed } from "../home/write-hashed.ts"
import { type ListedEntry, lineBatches, parseListingLine } from "./listing-lines.ts"
import { MOST_IDS } from "./squashfs/write/id-table.ts"

/**
 * Writes the listing and holds it against the tree digest.
 *
 * @returns whether squashfs can hold everything that counts of such a tree.
 * @throws {GeartrainError} ROOT_DIGEST_MISMATCH.
 */
export async function writeListing(
  path: string,
  listing: AsyncIterable<Uint8Array>,
  tree: TreeDigest,
): Promise<{ readonly fitsSquashfs: boolean }> {
  const seen: Seen = { fitsSquashfs: true, ids: new Set([0]) }
  const written = await writeHashed(path, linesSeen(listing, seen), `store root filesystem "${tree}"`)
  if (written.digest !== tree) throw mismatch(tree, written.digest)
  return { fitsSquashfs: seen.fitsSquashfs }
}

interface Seen {
  fitsSquashfs: boolean
  /** Owners and groups; the root's own is in no listing. */
  readonly ids: Set<number>
}

/** Passes the listing on, line by line, looking at each. */
async function* linesSeen(listing: AsyncIterable<Uint8Array>, seen: Seen): AsyncGenerator<Uint8Array> {
  for await (const lines of lineBatches(listing)) {
    for (const line of lines) {
      if (!seen.fitsSquashfs || `${line}\n` === TREE_LISTING_HEADER) continue
      const entry = parseListingLine(line)
      seen.ids.add(entry.uid).add(entry.gid)
      seen.fitsSquashfs = squashfsHolds(entry) && seen.ids.size <= MOST_IDS - FURTHER_IDS
    }
    yield Buffer.from(`${lines.join("\n")}\n`)
  }
}

/** Of what is not in the listing, such as etc/hosts. */
const FURTHER_IDS = 64

/**
 * Squashfs has times of 32 bits without a sign, and no access lists. Owners and groups are numbered with 16 bits.
 */
function squashfsHolds(entry: ListedEntry): boolean {
  if (Object.keys(entry.xattrs).some((name) => name.startsWith("system."))) return false
  return entry.type !== "f" || (entry.mtimeS >= 0 && entry.mtimeS <= 0xffff_ffff)
}

function mismatch(tree: TreeDigest, found: Digest): GeartrainError {
  return new GeartrainError(
    "ROOT_DIGEST_MISMATCH",
    `Cannot store root filesystem "${tree}": its listing has digest ${found}`,
    {
      details: { tree, found },
      hint: "Import the gear again",
    },
  )
}
