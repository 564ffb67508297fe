import type { NamedEntry } from "./used-names.ts"

/** How large a tree is: names of files, and their bytes, those of a file with several names counted for each. */
export interface TreeSize {
  readonly files: number
  readonly sizeBytes: number
}

/** @param names  Those that count; absent: all. */
export function treeSize(
  tree: ReadonlyMap<string, NamedEntry & { readonly sizeBytes: number }>,
  names?: ReadonlySet<string>,
): TreeSize {
  let files = 0
  let sizeBytes = 0
  for (const [name, entry] of tree) {
    if (entry.type !== "file" || names?.has(name) === false) continue
    files += 1
    sizeBytes += entry.sizeBytes
  }
  return { files, sizeBytes }
}
