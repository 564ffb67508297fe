import type { FolderPlace } from "./inode.ts"
import type { MetadataCursor } from "./metadata.ts"
import { decodePlainText } from "./plain-text.ts"
import type { InodePlace } from "./superblock.ts"

/** A name in a folder, and whose it is. */
export interface FolderEntry {
  readonly name: string
  readonly inode: InodePlace
}

const HEAD_BYTES = 12
const ENTRY_BYTES = 8
/** A head is for so many entries at most. @see Linux, fs/squashfs/squashfs_fs.h, SQUASHFS_DIR_COUNT */
const MOST_ENTRIES = 256

/**
 * Reads the entries of a folder, in the order of their names.
 *
 * @param cursor  At the folder's first entry.
 * @throws {RangeError} for entries that cannot be, or lead elsewhere
 */
export function readEntries(cursor: MetadataCursor, folder: FolderPlace): readonly FolderEntry[] {
  if (folder.sizeBytes === 0) return []
  const bytes = cursor.take(folder.sizeBytes)
  const entries: FolderEntry[] = []
  for (let at = 0; at < bytes.length; ) {
    const count = bytes.readUInt32LE(at) + 1
    const block = bytes.readUInt32LE(at + 4)
    if (count > MOST_ENTRIES) throw new RangeError(`it has a folder with ${count} entries in one stretch`)
    at += HEAD_BYTES
    for (let index = 0; index < count; index++) {
      const offset = bytes.readUInt16LE(at)
      const start = at + ENTRY_BYTES
      at = start + bytes.readUInt16LE(at + 6) + 1
      if (at > bytes.length) throw new RangeError("it has a folder whose last entry does not end with it")
      entries.push({ name: nameOf(bytes.subarray(start, at)), inode: { block, offset } })
    }
  }
  return entries
}

function nameOf(bytes: Buffer): string {
  const name = decodePlainText(bytes)
  if (name === "." || name === ".." || name.includes("/"))
    throw new RangeError(`it has a file called ${JSON.stringify(name)}`)
  return name
}
