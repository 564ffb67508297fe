import { listKernelFolder, readKernelFile } from "../../../system/linux/kernel-files.ts"

/** Watches the memory of a box where no control group counts it. */
export interface MemorySampler {
  /** What was seen at the last look, in bytes. */
  latest(): number | undefined
  /** Ends the watch and answers the highest that was seen, in bytes. */
  stop(): number | undefined
}

/** Often at first, since most processes grow at once; then less, since looking costs time. */
const FIRST_INTERVAL_MS = 25
const LAST_INTERVAL_MS = 1000

/**
 * Adds up, now and then, what the processes of a box have in memory. A peak between two looks is missed, except that of a single process,
 * which the kernel remembers; memory that processes share counts for each.
 *
 * @param proc  The /proc of the process namespace that `first` is a number of.
 * @param first  Answers with the number of the box's first process, once there is one.
 */
export function sampleMemory(proc: string, first: () => number | undefined): MemorySampler {
  let peak: number | undefined
  let latest: number | undefined
  let interval = FIRST_INTERVAL_MS
  const look = (): void => {
    const pid = first()
    const seen = pid === undefined ? NOTHING_YET : memoryOf(proc, pid)
    if (seen === undefined) return
    if (seen.now > 0) latest = seen.now
    if (seen.most > 0) peak = Math.max(peak ?? 0, seen.most)
    interval = Math.min(LAST_INTERVAL_MS, interval * 1.3)
    timer = setTimeout(look, interval).unref()
  }
  let timer = setTimeout(look, 0).unref()
  return {
    latest: () => latest,
    stop: () => {
      clearTimeout(timer)
      return peak
    },
  }
}

interface Seen {
  readonly now: number
  /** A single process may have had more before. */
  readonly most: number
}

const NOTHING_YET: Seen = { now: 0, most: 0 }

/** In bytes. Undefined when the first process is gone. */
function memoryOf(proc: string, first: number): Seen | undefined {
  let total: number | undefined
  let largest = 0
  const waiting = [first]
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    const status = readKernelFile(`${proc}/${pid}/status`)
    if (status === undefined) continue
    total = (total ?? 0) + kibibytes(status, "VmRSS")
    largest = Math.max(largest, kibibytes(status, "VmHWM"))
    waiting.push(...childrenOf(`${proc}/${pid}`))
  }
  return total === undefined ? undefined : { now: total * 1024, most: Math.max(total, largest) * 1024 }
}

function childrenOf(process: string): readonly number[] {
  return (listKernelFolder(`${process}/task`) ?? []).flatMap((thread) =>
    (readKernelFile(`${process}/task/${thread}/children`) ?? "")
      .split(" ")
      .filter((pid) => pid !== "")
      .map(Number),
  )
}

function kibibytes(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s*(\\d+) kB$`, "m").exec(status)?.[1] ?? 0)
}
