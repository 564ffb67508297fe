import type { Limits } from "@geartrain/spec"
import { delay, monotonicMs } from "../../system/clock.ts"
import { lstat, readdir, statfs } from "../../system/files.ts"
import type { Ended } from "./explain-failure.ts"

export interface WatchedFolders {
  /** Everything that the gear can write to. */
  readonly base: string
  readonly limits: Limits
}

/** How often the disk is looked at. A fast disk takes 0.5 GB in this time, for which `RESERVE_BYTES` leaves room. */
const INTERVAL_MS = 250
/** The engine needs room for the record and the log when a gear has filled the disk. */
const RESERVE_BYTES = 512 * 1024 * 1024

/**
 * Watches what the kernel does not limit by itself: time, and the bytes that the gear writes.
 *
 * @returns what was overrun, or undefined when the signal came first.
 */
export async function watchLimits(watched: WatchedFolders, signal: AbortSignal): Promise<Ended | undefined> {
  const start = monotonicMs()
  const { timeMs, outputBytes } = watched.limits
  try {
    for (;;) {
      const leftMs = timeMs === undefined ? Number.POSITIVE_INFINITY : timeMs - (monotonicMs() - start)
      if (leftMs <= 0) return "time-limit"
      await delay(Math.min(leftMs, INTERVAL_MS), signal)
      if (await isAlmostFull(watched.base)) return "disk-full"
      if (outputBytes !== undefined && (await writtenBytes(watched.base, outputBytes)) > outputBytes)
        return "output-limit"
    }
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  }
}

/** Tells whether there is too little room left for a gear to go on. A twentieth of a small disk is kept free, as much as `RESERVE_BYTES` of a large one. */
export async function isAlmostFull(folder: string): Promise<boolean> {
  const { bavail, blocks, bsize } = await statfs(folder)
  return bavail * bsize < Math.min(RESERVE_BYTES, (blocks * bsize) / 20)
}

/** Counts what is allocated on the disk, not what sparse files claim; stops as soon as it is too much. */
async function writtenBytes(folder: string, enough: number): Promise<number> {
  let sum = 0
  const open = [folder]
  for (let next = open.pop(); next !== undefined && sum <= enough; next = open.pop()) {
    const current = next
    // A gear that runs removes what was just listed.
    const names = await readdir(current).catch(() => [])
    for (const name of names) {
      const stats = await lstat(`${current}/${name}`).catch(() => undefined)
      if (stats === undefined) continue
      if (stats.isDirectory()) open.push(`${current}/${name}`)
      else sum += stats.blocks * 512
    }
  }
  return sum
}
