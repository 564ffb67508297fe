import { countsInTree, isCountedXattr } from "@geartrain/spec"
import { FOLDER_MTIME, PLAIN_FOLDER } from "../../packing/tar/plain-folder.ts"
import { encodeHeader, type WritableEntry } from "../../packing/tar/tar-writer.ts"
import { splitEntryPath } from "../tree/entry-path.ts"

export const MOST_DEPTH = 2048

/** Folders that every tree has, before its own. */
export const FIRST_FOLDERS: readonly Buffer[] = [".", "dev", "proc", "sys"].map((path) =>
  encodeHeader({ ...PLAIN_FOLDER, path }),
)

/**
 * An entry as it is written whatever kept the tree: what does not count is the same in all.
 *
 * @param reference  What the tree is called in errors.
 * @returns undefined for an entry that is no part of the tree
 * @throws {GeartrainError} IMAGE_PATH_OUTSIDE, IMAGE_NAME_TOO_LONG and its like
 */
export function canonicalEntry(entry: WritableEntry, reference: string): WritableEntry | undefined {
  const path = plainPath(entry.path, entry, reference)
  const type = entry.type === "hard-link" ? "file" : entry.type
  if (!countsInTree({ path, type, target: entry.target })) return undefined
  return {
    ...entry,
    path,
    xattrs: new Map([...entry.xattrs].filter(([name]) => isCountedXattr(name))),
    target: entry.type === "hard-link" ? plainPath(entry.target, entry, reference) : entry.target,
    mode: entry.type === "link" ? 0o777 : entry.mode,
    mtime: type === "file" ? entry.mtime : FOLDER_MTIME,
  }
}

function plainPath(path: string, entry: WritableEntry, reference: string): string {
  const rules = { place: { reference }, maxDepth: MOST_DEPTH, leadingSlash: "refused" } as const
  return splitEntryPath(path, entry.path, rules).join("/")
}
