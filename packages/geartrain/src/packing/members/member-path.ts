import { type Digest, hexOf } from "@geartrain/spec"
import { numberedName, safeName, shortenName } from "./safe-name.ts"

const LONGEST_BYTES = 1024

/**
 * Whether a text may be the path of a member: relative, without a way out, and the same for every program that unpacks it.
 *
 * @example
 *   isMemberPath("jobs/1/outputs/a b.txt") // => true
 *   isMemberPath("jobs/../a") // => false
 */
export function isMemberPath(path: string): boolean {
  if (!path.isWellFormed() || Buffer.byteLength(path) > LONGEST_BYTES) return false
  if ([...path].some(isTreacherous)) return false
  return path.split("/").every((name) => name !== "" && name !== "." && name !== ".." && Buffer.byteLength(name) <= 255)
}

/**
 * The path of a member from labels and names of anybody's, shortened where it would be longer than a path may be.
 *
 * @example
 *   memberPath(["lab", "Memory / 2", "T1.nii.gz"]) // => "lab/Memory _ 2/T1.nii.gz"
 */
export function memberPath(steps: readonly string[]): string {
  const names = steps.map((step) => safeName(step, "_"))
  const path = names.join("/")
  if (Buffer.byteLength(path) <= LONGEST_BYTES - ROOM_FOR_NUMBERS) return path
  const share = Math.floor((LONGEST_BYTES - ROOM_FOR_NUMBERS) / steps.length) - 1
  return names.map((name) => safeName(shortenName(name, share), "_")).join("/")
}

/** Of files that would have one path. */
const ROOM_FOR_NUMBERS = 24

/** What a terminal, or file names of another system, make something else of. */
function isTreacherous(character: string): boolean {
  return character < " " || character === "\u007f" || character === "\\"
}

/** Paths that are taken, so that none is there twice and none is the folder of another. */
export class MemberPaths {
  readonly #files = new Set<string>()
  readonly #folders = new Set<string>()
  readonly #lastNumber = new Map<string, number>()

  /** @returns whether the path is safe and free; then it is taken. */
  take(path: string): boolean {
    if (!isMemberPath(path) || this.#files.has(path) || this.#folders.has(path)) return false
    const folders = foldersOf(path)
    if (folders.some((folder) => this.#files.has(folder))) return false
    this.#files.add(path)
    for (const folder of folders) this.#folders.add(folder)
    return true
  }

  /**
   * The path that is wished for, or the first free one with a number before its suffixes.
   *
   * @example
   *   const paths = new MemberPaths()
   *   paths.takeNumbered("ses/T1.nii.gz") // => "ses/T1.nii.gz"
   *   paths.takeNumbered("ses/T1.nii.gz") // => "ses/T1 (2).nii.gz"
   * @throws {RangeError} for a path that is not safe
   */
  takeNumbered(wish: string): string {
    if (!isMemberPath(wish)) throw new RangeError(`${JSON.stringify(wish)} cannot be the path of a member`)
    if (this.take(wish)) return wish
    // What cannot be a folder, since a file has its name, gets the number itself.
    const folder = foldersOf(wish).find((each) => this.#files.has(each))
    const taken = folder ?? wish
    // Where it left off: a thousand files of one name are not looked for a million times.
    for (let number = this.#lastNumber.get(taken) ?? 2; ; number++) {
      const other = numbered(taken, number)
      const path = other + wish.slice(taken.length)
      if (this.#files.has(other) || (folder === undefined && this.#folders.has(other))) continue
      if (folder === undefined) this.#lastNumber.set(taken, number + 1)
      return this.takeNumbered(path)
    }
  }

  /** The path that is wished for, or one that is always free for these bytes. */
  takeOr(wish: string, digest: Digest): string {
    if (this.take(wish)) return wish
    const other = `files/${hexOf(digest)}`
    this.take(other)
    return other
  }
}

function foldersOf(path: string): readonly string[] {
  const folders: string[] = []
  for (let slash = path.indexOf("/"); slash !== -1; slash = path.indexOf("/", slash + 1))
    folders.push(path.slice(0, slash))
  return folders
}

function numbered(path: string, number: number): string {
  const slash = path.lastIndexOf("/") + 1
  return path.slice(0, slash) + numberedName(path.slice(slash), number)
}
