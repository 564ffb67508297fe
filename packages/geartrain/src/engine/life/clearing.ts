import { SpareFolders } from "./spare-folders.ts"

/** What jobs leave to be removed, for which nobody has to wait who wants their results. */
export interface Clearing {
  /** What serves again is not removed. */
  readonly folders: SpareFolders
  /**
   * Removes something in the background. Resolves at once, or, when a lot is still to be removed, once that is less: jobs that leave more than can
   * be removed meanwhile would fill the disk.
   */
  later(folder: string, remove: () => Promise<void>): Promise<void>
  /** Resolves when nothing is left in the folder that was to be removed. */
  settled(folder: string): Promise<void>
  /** Resolves when all is removed; rejects with the first failure, of this or of an earlier time. */
  close(): Promise<void>
}

/** As many as two processors remove while they run the next. */
const MOST_PENDING = 4

/** @param spareFolder  Where folders wait for the next job, on the disk that jobs are on. Absent: none does. */
export function openClearing(spareFolder?: string): Clearing {
  const folders = new SpareFolders(spareFolder)
  const pending = new Map<string, Promise<void>>()
  const failures: unknown[] = []
  return {
    folders,
    later: async (folder, remove) => {
      while (pending.size >= MOST_PENDING) await Promise.race(pending.values())
      const before = pending.get(folder)
      const removed = (async () => {
        await before
        await remove()
      })()
        .catch((error: unknown) => void failures.push(error))
        .finally(() => {
          if (pending.get(folder) === removed) pending.delete(folder)
        })
      pending.set(folder, removed)
    },
    settled: async (folder) => pending.get(folder),
    close: async () => {
      while (pending.size > 0) await Promise.all(pending.values())
      folders.close()
      if (failures.length > 0) throw failures[0]
    },
  }
}
