import { KIND } from "./inode-table.ts"
import { NONE, ROOT } from "./name-table.ts"
import type { TreeContents } from "./tree-contents.ts"

export interface PlacedName {
  readonly name: number
  /** Relative to the root. */
  readonly path: string
}

/** One folder that is gone through. */
interface Level {
  readonly prefix: string
  /** The next name; 0 after the last. */
  next: number
  /** Folders that came by, and of which the inside has not. Each has the name of the one before at its beginning. */
  readonly opened: number[]
}

/** What is in a folder stands where its name would with a slash at its end. */
const BEFORE_INSIDE = { first: -1, second: 0x2f } as const

/**
 * Goes through all that the tree shows, but for the root, in the byte order of the whole paths.
 *
 * That is not the order of a plain descent: `a-b` comes between `a` and `a/b`, since `-` comes before `/`. So a folder waits to be entered until
 * all its fellows have come that stand between its name and what is in it.
 */
export function* sortedNames(contents: TreeContents): Generator<PlacedName> {
  const { names, inodes } = contents
  const children = names.sortedChildren()
  const levels: Level[] = [{ prefix: "", next: children.first(ROOT), opened: [] }]
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const { next, opened, prefix } = level
    const folder = opened.at(-1)
    if (folder !== undefined && (next === 0 || names.compare(next, folder, BEFORE_INSIDE) > 0)) {
      opened.pop()
      const inside = `${prefix}${names.bytes(folder).toString("utf8")}/`
      levels.push({ prefix: inside, next: children.first(folder), opened: [] })
    } else if (next === 0) levels.pop()
    else {
      level.next = children.next(next)
      const inode = names.inode(next)
      if (inode === NONE) continue
      if (inodes.kind(inode) === KIND.folder) opened.push(next)
      yield { name: next, path: prefix + names.bytes(next).toString("utf8") }
    }
  }
}
