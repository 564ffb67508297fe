import { numberedName, safeName, shortenName } from "../../../packing/members/safe-name.ts"

/** A folder that is passed on the way to a file. */
export interface TreeStep {
  /** What tells it from others with the same label. */
  readonly id: string
  readonly label: string
}

interface Folder {
  readonly id: string
  readonly path: string
  /** Names of the folders in it, by their ids. */
  readonly folders: Map<string, string>
  readonly taken: Set<string>
}

/** Of six folders and a file, all together stay below what a path may have. */
const MOST_FOLDER_BYTES = 130

/**
 * Gives files paths that are safe and that no two have, from labels of anybody's. Files come place by place, those of a place before those of the
 * places in it; what is behind us is forgotten, so that a million files take no more memory than the folders that they are in.
 *
 * @example
 *   const tree = new MemberTree()
 *   tree.take([{ id: "1", label: "lab" }], "a:b.txt") // => "lab/a_b.txt"
 *   tree.take([{ id: "1", label: "lab" }], "a_b.txt") // => "lab/a_b (2).txt"
 */
export class MemberTree {
  readonly #root = newFolder("", "")
  readonly #known = new Map<string, Folder>()
  #last: Folder = this.#root

  take(steps: readonly TreeStep[], name: string): string {
    let folder = this.#root
    const line = [folder]
    for (const step of steps) {
      folder = this.#enter(folder, step)
      line.push(folder)
    }
    if (folder !== this.#last) this.#leave(line)
    this.#last = folder
    const free = freeName(folder, safeName(name, "_"))
    folder.taken.add(free)
    return `${folder.path}${free}`
  }

  #enter(parent: Folder, { id, label }: TreeStep): Folder {
    const known = parent.folders.get(id)
    const name = known ?? freeName(parent, shortenName(safeName(label, "_"), MOST_FOLDER_BYTES))
    const path = `${parent.path}${name}/`
    parent.folders.set(id, name)
    parent.taken.add(name)
    const folder = this.#known.get(path) ?? newFolder(id, path)
    this.#known.set(path, folder)
    return folder
  }

  /** Names of files in folders that no more files come to. */
  #leave(line: readonly Folder[]): void {
    if (line.includes(this.#last)) return
    this.#last.taken.clear()
    for (const name of this.#last.folders.values()) this.#last.taken.add(name)
  }
}

function newFolder(id: string, path: string): Folder {
  return { id, path, folders: new Map(), taken: new Set() }
}

function freeName(folder: Folder, wish: string): string {
  let name = wish
  for (let number = 2; folder.taken.has(name); number++) name = numberedName(wish, number)
  return name
}
