import type { StoreParts } from "../open-store.ts"
import { folderSize } from "./folder-size.ts"

/** What a store's bytes are. */
export interface StoreSizes {
  readonly blobs: Amount
  readonly roots: Amount
  /** The database of records. */
  readonly records: { readonly sizeBytes: number }
  /** Work of running jobs, and what killed processes have left. */
  readonly unfinished: { readonly sizeBytes: number }
}

export interface Amount {
  readonly count: number
  readonly sizeBytes: number
}

/** Adds up what a store holds. Reads no file, only their sizes. */
export async function storeSizes(store: StoreParts): Promise<StoreSizes> {
  const { records, temporary, trash, work } = store.home.layout
  const sum = async (paths: readonly string[]): Promise<{ readonly sizeBytes: number }> => {
    const sizes = await Promise.all(paths.map(folderSize))
    return { sizeBytes: sizes.reduce((total, size) => total + size, 0) }
  }
  return {
    blobs: await amount(store.blobs.list(), (blob) => blob.sizeBytes),
    roots: await amount(store.roots.list(), (root) => root.storedBytes),
    records: await sum([records, `${records}-wal`, `${records}-shm`]),
    unfinished: await sum([temporary, trash, work]),
  }
}

async function amount<Item>(items: AsyncIterable<Item>, sizeOf: (item: Item) => number): Promise<Amount> {
  let count = 0
  let sizeBytes = 0
  for await (const item of items) {
    count++
    sizeBytes += sizeOf(item)
  }
  return { count, sizeBytes }
}
