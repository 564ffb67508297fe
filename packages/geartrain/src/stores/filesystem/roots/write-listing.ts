import { type Digest, GeartrainError, TREE_LISTING_HEADER, type TreeDigest } from "@geartrain/spec"
import { writeHashed } from "../home/write-hashed.ts"
import { type ListedEntry, lineBatches, parseListingLine } from "./listing-lines.ts"

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
  const seen = { fitsSquashfs: true }
  const written = await writeHashed(path, linesSeen(listing, seen), `store root filesystem "${tree}"`)
  if (written.digest !== tree) throw mismatch(tree, written.digest)
  return seen
}

/** Passes the listing on, line by line, looking at each. */
async function* linesSeen(
  listing: AsyncIterable<Uint8Array>,
  seen: { fitsSquashfs: boolean },
): AsyncGenerator<Uint8Array> {
  for await (const lines of lineBatches(listing)) {
    for (const line of lines) {
      if (seen.fitsSquashfs && `${line}\n` !== TREE_LISTING_HEADER)
        seen.fitsSquashfs = squashfsHolds(parseListingLine(line))
    }
    yield Buffer.from(`${lines.join("\n")}\n`)
  }
}

/**
 * Squashfs has times of 32 bits without a sign, and no access lists. Tried with squashfs-tools-ng 1.2.0: it moves other times to the nearest
 * that it has, and refuses access lists.
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
