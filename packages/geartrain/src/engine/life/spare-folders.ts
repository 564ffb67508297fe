import { nowMs } from "../../system/clock.ts"
import {
  changedNs,
  listSmallFolder,
  makeFolderOf,
  moveAtOnce,
  type Ownership,
  removeAtOnce,
  removeIfSmall,
} from "../../system/linux/small-folders.ts"

/** A folder within another, with what it is to have. */
export interface InnerFolder extends Ownership {
  readonly path: string
  /** No gear ever sees it: it only has to be empty. */
  readonly unseen?: true
}

/** So many wait: more jobs than that do not end at once. */
const MOST_WAITING = 16
/** The kernel's clock for changes of files goes on at least so often. */
const LONGEST_TICK_MS = 10

/** The folders of one job, and when each was last changed before the job. */
interface Made {
  readonly kind: string
  readonly folders: readonly InnerFolder[]
  readonly changed: ReadonlyMap<string, bigint>
  readonly sinceMs: number
}

/**
 * Folders of jobs that have ended, for jobs to come. To make and remove half a dozen folders takes the disk longer than all else that it does for
 * a small job.
 *
 * A folder that a gear could write to serves again if nothing about it has changed, which the kernel's own times tell; else it is made anew.
 */
export class SpareFolders {
  /** Where they wait; undefined: none does. */
  readonly #place: string | undefined
  readonly #waiting: { readonly path: string; readonly made: Made }[] = []
  readonly #used = new Map<string, Made>()
  #made = 0
  #kept = 0

  constructor(place: string | undefined) {
    this.#place = place
  }

  /**
   * Makes a folder, and these in it, empty and with just this ownership. The outermost is for the caller alone.
   *
   * @param folders  Paths below `base`.
   */
  make(base: string, folders: readonly InnerFolder[]): void {
    const kind = JSON.stringify(folders.map((folder) => ({ ...folder, path: folder.path.slice(base.length) })))
    const sinceMs = nowMs()
    // One that has just been made anew would have to be made anew again: that nobody has touched it could not be told.
    const index = this.#waiting.findLastIndex(({ made }) => made.kind === kind && isSettled(made, sinceMs))
    const [spare] = index < 0 ? [] : this.#waiting.splice(index, 1)
    if (spare !== undefined && tryTo(() => moveAtOnce(spare.path, base))) {
      this.#used.set(base, { ...spare.made, folders, sinceMs })
      return
    }
    makeFolderOf(base, { mode: 0o700 })
    for (const folder of folders) makeFolderOf(folder.path, folder)
    // The first job may be the only one.
    if (this.#place !== undefined && this.#made > 0) {
      this.#used.set(base, { kind, folders, changed: timesOf(base, folders), sinceMs })
    }
    this.#made += 1
  }

  /**
   * Takes what `make` made back. False: it is the caller's to remove.
   *
   * @param hasEnded  No process that was given them is left, for certain.
   */
  keep(base: string, { hasEnded }: { readonly hasEnded: boolean }): boolean {
    const made = this.#used.get(base)
    this.#used.delete(base)
    if (made === undefined || !hasEnded || this.#place === undefined || this.#waiting.length >= MOST_WAITING)
      return false
    this.#kept += 1
    const path = `${this.#place}/${this.#kept}`
    const isKept = tryTo(() => {
      if (!clear(base, made)) throw new RangeError("It takes a closer look")
      const changed = timesOf(base, made.folders)
      if (this.#kept === 1) makeFolderOf(this.#place ?? "", { mode: 0o700 })
      moveAtOnce(base, path)
      this.#waiting.push({ path, made: { ...made, changed } })
    })
    return isKept
  }

  close(): void {
    for (const { path } of this.#waiting.splice(0)) removeIfSmall(path)
    if (this.#place !== undefined && this.#kept > 0) removeAtOnce([`${this.#place}/`])
  }
}

/** Makes it as it was; answers whether that could be done at once. */
function clear(base: string, { folders, changed, sinceMs }: Made): boolean {
  const known = new Map(folders.map((folder) => [folder.path, folder]))
  for (const entry of listSmallFolder(base)) {
    const path = `${base}/${entry}`
    const folder = known.get(path)
    if (folder === undefined) {
      if (!removeAtOnce([path])) return false
    } else if (folder.unseen === true) {
      if (listSmallFolder(path).length > 0) return false
    } else if (!isUntouched(changed.get(path.slice(base.length)), changedNs(path), sinceMs)) {
      if (!removeIfSmall(path)) return false
      makeFolderOf(path, folder)
    }
    known.delete(path)
  }
  return known.size === 0
}

function isUntouched(before: bigint | undefined, now: bigint | undefined, sinceMs: number): boolean {
  return before !== undefined && before === now && isPast(before, sinceMs)
}

/** Whether all changes from now on will have another time. */
function isSettled({ changed }: Made, nowMs: number): boolean {
  return [...changed.values()].every((time) => isPast(time, nowMs))
}

function isPast(changedNs: bigint, sinceMs: number): boolean {
  return sinceMs - Number(changedNs / 1_000_000n) > LONGEST_TICK_MS
}

/** By path without the base, which changes. */
function timesOf(base: string, folders: readonly InnerFolder[]): ReadonlyMap<string, bigint> {
  const times = new Map<string, bigint>()
  for (const { path, unseen } of folders) {
    const changed = unseen === true ? undefined : changedNs(path)
    if (changed !== undefined) times.set(path.slice(base.length), changed)
  }
  return times
}

function tryTo(act: () => void): boolean {
  try {
    act()
    return true
  } catch {
    // Another disk, a full one, or something that was not expected there: then it is done the long way, which tells.
    return false
  }
}
