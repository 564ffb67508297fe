import type { Digest } from "@geartrain/spec"
import { createHasher } from "../../../system/hash.ts"
import type { TreeFile } from "./commit.ts"

/**
 * The digest of what files there are: one for the same paths with the same content; of an archive, for the same versions of the same files.
 *
 * @param files  In the order of their paths.
 */
export function treeDigest(files: readonly Pick<TreeFile, "path" | "digest" | "type" | "archive">[]): Digest {
  const hasher = createHasher()
  for (const { path, digest, type, archive } of files) {
    const more = archive === undefined ? "" : ` ${JSON.stringify([archive.file, archive.version, type ?? ""])}`
    hasher.update(Buffer.from(`${digest} ${JSON.stringify(path)}${more}\n`))
  }
  return hasher.digest()
}

/** The files at a path: the file itself, or all in the folder; at the empty path, all. @param files  In the order of their paths. */
export function filesAt(files: readonly TreeFile[], path: string): readonly TreeFile[] {
  if (path === "") return files
  const at = lowerBound(files, path)
  if (files[at]?.path === path) return files.slice(at, at + 1)
  // 0 follows / in the order of characters, so this is what comes after everything in the folder.
  return files.slice(lowerBound(files, `${path}/`), lowerBound(files, `${path}0`))
}

/** How many files come before a path. */
export function lowerBound(files: readonly TreeFile[], path: string): number {
  let from = 0
  let to = files.length
  while (from < to) {
    const middle = (from + to) >>> 1
    if ((files[middle]?.path ?? "") < path) from = middle + 1
    else to = middle
  }
  return from
}
