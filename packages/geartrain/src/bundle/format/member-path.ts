import { type Digest, hexOf } from "@geartrain/spec"

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

/** What a terminal, or file names of another system, make something else of. */
function isTreacherous(character: string): boolean {
  return character < " " || character === "\u007f" || character === "\\"
}

/** Paths that are taken, so that none is there twice and none is the folder of another. */
export class MemberPaths {
  readonly #files = new Set<string>()
  readonly #folders = new Set<string>()

  /** @returns whether the path is safe and free; then it is taken. */
  take(path: string): boolean {
    if (!isMemberPath(path) || this.#files.has(path) || this.#folders.has(path)) return false
    const folders = foldersOf(path)
    if (folders.some((folder) => this.#files.has(folder))) return false
    this.#files.add(path)
    for (const folder of folders) this.#folders.add(folder)
    return true
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
