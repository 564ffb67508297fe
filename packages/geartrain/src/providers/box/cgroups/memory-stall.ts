/** What a group with a memory limit looked like at one moment. Counters count from the group's beginning. */
export interface MemoryReading {
  readonly atMs: number
  readonly limitBytes: number
  readonly usageBytes: number
  /** Of these, pages of files: the kernel can drop them and read them again. */
  readonly fileBytes: number
  /** Pages that had to be read from a disk while a process waited. */
  readonly majorFaults: number
  /** CPU time of programs, and of the kernel in their stead, in one and the same unit. */
  readonly userTime: number
  readonly systemTime: number
}

const INTERVAL_MS = 1000
/** A gear that pauses at its limit for a moment, or starts there, gets on again within some looks. */
const LOOKS = 10
/** Of the limit: as close to it as the kernel keeps a full group. */
const FULL = 0.99
/** Of the limit: with more than this a program reads files that are larger than its memory, which is slow, and gets on. */
const MOST_FILES = 0.05
/** A box that stood still had 1350; one that still gets on at its limit has a few. */
const LEAST_FAULTS_PER_SECOND = 100
/** User CPU time by system CPU time. It was 0 in a box that stood still; a program that computes has more than 1. */
const MOST_USER_TIME = 0.05

/**
 * Watches for a box that stands still at its memory limit: what its programs have written leaves no room for the programs themselves, whose
 * pages the kernel drops and reads again, over and over. It counts that as progress, so it never calls the box out of memory.
 *
 * @param read  Answers with what the box's groups say; undefined when they do not.
 * @param onStall  Called at most once.
 */
export function watchMemoryStall(read: () => MemoryReading | undefined, onStall: () => void): { stop(): void } {
  const hasStalled = stallJudge()
  const timer = setInterval(() => {
    if (!hasStalled(read())) return
    clearInterval(timer)
    onStall()
  }, INTERVAL_MS).unref()
  return { stop: () => clearInterval(timer) }
}

/** Takes one reading after another, and answers whether the box had stalled by then: each of the last ten looks has shown no progress. */
export function stallJudge(): (reading: MemoryReading | undefined) => boolean {
  let before: MemoryReading | undefined
  let inARow = 0
  return (reading) => {
    const isStuck = before !== undefined && reading !== undefined && gotNowhere(before, reading)
    inARow = isStuck ? inARow + 1 : 0
    before = reading
    return inARow >= LOOKS
  }
}

function gotNowhere(before: MemoryReading, now: MemoryReading): boolean {
  const faultsPerSecond = ((now.majorFaults - before.majorFaults) * 1000) / (now.atMs - before.atMs)
  return (
    now.usageBytes >= now.limitBytes * FULL &&
    now.fileBytes <= now.limitBytes * MOST_FILES &&
    faultsPerSecond >= LEAST_FAULTS_PER_SECOND &&
    now.userTime - before.userTime <= (now.systemTime - before.systemTime) * MOST_USER_TIME
  )
}
