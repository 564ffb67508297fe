import { KIND } from "./inode-table.ts"
import { NONE, ROOT } from "./name-table.ts"
import type { TreeContents } from "./tree-contents.ts"

/** As many as Linux follows (MAXSYMLINKS). */
const MOST_LINKS = 40
/** Names on one way, those of all links together. Targets such as `a/../a/../a` would else make each of a million entries cost milliseconds. */
const MOST_STEPS = 1024

export interface WalkOptions {
  /** Links on the way: followed inside the tree, as a process whose root it is would see them; or not at all. */
  readonly links: "follow" | "stop"
  /** Called where a folder has no such name; answers with the number of a folder that it made there. Absent: the walk ends. */
  readonly makeFolder?: (parent: number, name: string) => number
}

export type Walk =
  | { readonly found: number; readonly followed: boolean }
  /** `missing`: no such name; `link`: a link that was not to be followed; `loop`: too many links; `not-a-folder`. */
  | { readonly stopped: "missing" | "link" | "loop" | "not-a-folder"; readonly at: number }

/**
 * Walks from the root along names that all have to be folders.
 *
 * Nothing can lead out: `..` in the root is the root, and an absolute target starts there again, as after chroot(2).
 */
export function walkFolders(contents: TreeContents, path: readonly string[], options: WalkOptions): Walk {
  const { names, inodes, texts } = contents
  const ahead = path.toReversed()
  let at = ROOT
  let links = 0
  let steps = 0
  for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
    if (name === "" || name === ".") continue
    if (name === "..") {
      at = names.parent(at)
      continue
    }
    const child = names.find(at, name)
    const inode = child === NONE ? NONE : names.inode(child)
    if (inode === NONE) {
      if (options.makeFolder === undefined) return { stopped: "missing", at }
      at = options.makeFolder(at, name)
      continue
    }
    const kind = inodes.kind(inode)
    if (kind === KIND.folder) {
      at = child
    } else if (kind === KIND.link) {
      if (options.links === "stop") return { stopped: "link", at: child }
      const target = texts.text(inodes.detail(inode))
      const parts = target.split("/").reverse()
      steps += parts.length
      if (++links > MOST_LINKS || steps > MOST_STEPS) return { stopped: "loop", at: child }
      if (target.startsWith("/")) at = ROOT
      ahead.push(...parts)
    } else return { stopped: "not-a-folder", at: child }
  }
  return { found: at, followed: links > 0 }
}

/**
 * Finds the file that a path of the tree leads to in the end, through any links.
 *
 * @returns the number of its name, or `NONE`.
 */
export function findFile(contents: TreeContents, path: string): number {
  const name = findName(contents, path)
  return name !== NONE && contents.inodes.kind(contents.names.inode(name)) === KIND.file ? name : NONE
}

/**
 * Finds what a path of the tree leads to in the end, through any links: a file, a folder, a device.
 *
 * @returns the number of its name, or `NONE`.
 */
export function findName(contents: TreeContents, path: string): number {
  const { names, inodes, texts } = contents
  let parts = path.split("/")
  for (let links = 0; links <= MOST_LINKS; links++) {
    // As in the target `usr/lib64/`.
    while (parts.at(-1) === "" || parts.at(-1) === ".") parts.pop()
    const last = parts.pop() ?? ""
    const walk = walkFolders(contents, parts, { links: "follow" })
    if ("stopped" in walk) return NONE
    const name = names.find(walk.found, last)
    const inode = name === NONE ? NONE : names.inode(name)
    if (inode === NONE) return NONE
    if (inodes.kind(inode) !== KIND.link) return name
    const target = texts.text(inodes.detail(inode))
    parts = [...(target.startsWith("/") ? [] : names.path(walk.found).split("/")), ...target.split("/")]
  }
  return NONE
}
