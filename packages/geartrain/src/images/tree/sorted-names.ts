import { KIND } from "./inode-table.ts"
import { NONE, ROOT } from "./name-table.ts"
import type { TreeContents } from "./tree-contents.ts"

export interface PlacedName {
  readonly name: number
  /** Relative to the root. */
  readonly path: string
}

/** A name is below 2 ** 27, so the top bit is free to say "what is in that folder". */
const INSIDE = 2 ** 31
const SLASH = 0x2f

/**
 * Goes through all that the tree shows, but for the root, in the byte order of the whole paths.
 *
 * That is not the order of a plain descent: `a-b` comes between `a` and `a/b`, since `-` comes before `/`. So a folder stands twice among its
 * fellows, once for itself and once, with a slash at its end, for what is in it; no other name can begin with that.
 */
export function* sortedNames(contents: TreeContents): Generator<PlacedName> {
  const { names } = contents
  const stack = [{ items: sortedItems(contents, ROOT), next: 0, prefix: "" }]
  for (let level = stack.at(-1); level !== undefined; level = stack.at(-1)) {
    const item = level.items[level.next++]
    if (item === undefined) {
      stack.pop()
      continue
    }
    const name = item >= INSIDE ? item - INSIDE : item
    const path = level.prefix + names.bytes(name).toString("utf8")
    if (item >= INSIDE) stack.push({ items: sortedItems(contents, name), next: 0, prefix: `${path}/` })
    else yield { name, path }
  }
}

/** Numbers and not objects: a folder may have a million entries. */
function sortedItems({ names, inodes }: TreeContents, folder: number): Uint32Array {
  let count = 0
  for (const child of names.children(folder)) count += itemsOf(child)
  const items = new Uint32Array(count)
  let next = 0
  for (const child of names.children(folder)) {
    const wanted = itemsOf(child)
    if (wanted > 0) items[next++] = child
    if (wanted > 1) items[next++] = child + INSIDE
  }
  return items.sort((a, b) =>
    names.compare(a % INSIDE, b % INSIDE, { first: a >= INSIDE ? SLASH : -1, second: b >= INSIDE ? SLASH : -1 }),
  )

  function itemsOf(child: number): number {
    const inode = names.inode(child)
    if (inode === NONE) return 0
    return inodes.kind(inode) === KIND.folder ? 2 : 1
  }
}
