import type { TraceEvent } from "@geartrain/ports"
import { programNeeds } from "./program-needs.ts"

/** What has to be known of each name of a tree. */
export interface NamedEntry {
  readonly type: "file" | "folder" | "link" | "other"
  readonly target?: string
  readonly head?: Uint8Array
}

/** @see path_resolution(7): the kernel follows no more */
const MOST_LINKS = 40

/**
 * Gathers which names of a root filesystem a gear used.
 *
 * Whatever it did to a name counts, also what failed: that a file is there can be why. What it only looked for counts too, and every link and folder
 * on the way. Of a program that it executed, so do the interpreter or loader that the kernel opens for it, and theirs. The names in a folder that
 * it listed do not count by that alone.
 */
export class UsedNames {
  readonly names = new Set<string>()
  readonly #tree: ReadonlyMap<string, NamedEntry>
  readonly #seen = new Set<string>()

  constructor(tree: ReadonlyMap<string, NamedEntry>) {
    this.#tree = tree
  }

  /** Adds what happened. Bound, so that it can be handed over as it is. */
  readonly event = ({ action, subject }: TraceEvent): void => {
    if (action === "connect") return
    const key = `${action === "execute" ? "x" : ""}${subject}`
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    if (action === "execute") this.execute(subject)
    else this.use(subject)
  }

  /** A program that is executed, and what the kernel opens for it. */
  execute(path: string, depth = 0): void {
    const found = this.use(path)
    const head = found === undefined ? undefined : this.#tree.get(found)?.head
    const needed = head === undefined ? undefined : programNeeds(head)
    // Scripts of scripts, as far as the kernel goes, and a loader behind them.
    if (needed !== undefined && depth < 6) this.execute(needed, depth + 1)
  }

  /**
   * A name that was used, by its absolute path.
   *
   * @returns what it leads to in the end, relative to the root; undefined where the tree has no such thing.
   */
  use(path: string): string | undefined {
    const steps = path.split("/").toReversed()
    let place: string[] = []
    let links = 0
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      if (step === "" || step === ".") continue
      if (step === "..") {
        place.pop()
        continue
      }
      const name = [...place, step].join("/")
      const entry = this.#tree.get(name)
      if (entry === undefined) return undefined
      this.names.add(name)
      if (entry.type !== "link") {
        place.push(step)
        continue
      }
      links += 1
      if (links > MOST_LINKS) return undefined
      const target = entry.target ?? ""
      if (target.startsWith("/")) place = []
      steps.push(...target.split("/").toReversed())
    }
    return place.join("/")
  }
}
