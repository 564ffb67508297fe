import type { JsonObject } from "@geartrain/spec"
import type { PlanBook } from "../book/plan-book.ts"
import { type FoundFile, stepsOf } from "../folder/found-file.ts"
import { readSmallJson, Untold } from "../folder/read-small.ts"
import { type BidsName, parseBidsName } from "./bids-name.ts"

/** Sidecars of scanners have some KiB. */
const MOST_BYTES = 1024 * 1024

interface Sidecar {
  readonly name: BidsName
  readonly says: JsonObject
}

/**
 * What the JSON files of a dataset say of its data, by the inheritance principle: a file higher up holds for all below that have its entities and its
 * suffix, and one that stands nearer, or names more entities, holds before it.
 *
 * @see BIDS 1.10, "The Inheritance Principle"
 */
export class Sidecars {
  readonly #byFolder = new Map<string, Sidecar[]>()

  /** Takes a file in, if it is a sidecar. */
  add(file: FoundFile, book: PlanBook): void {
    const { folders, name } = stepsOf(file)
    const parsed = parseBidsName(name)
    if (parsed === undefined || parsed.extension !== ".json") return
    const says = readSmallJson(book.folder, file, MOST_BYTES)
    if (says instanceof Untold) {
      book.warn(file.source.path, says.why)
      return
    }
    const folder = folders.join("/")
    const there = this.#byFolder.get(folder) ?? []
    there.push({ name: parsed, says })
    this.#byFolder.set(folder, there)
  }

  /** Everything that is said of a file in this folder. */
  of(folders: readonly string[], name: BidsName): JsonObject {
    let said: JsonObject = {}
    for (let depth = 0; depth <= folders.length; depth++) {
      const sidecars = this.#byFolder.get(folders.slice(0, depth).join("/")) ?? []
      const fitting = sidecars
        .filter((each) => each.name.suffix === name.suffix && isWithin(each.name.entities, name.entities))
        .toSorted((a, b) => a.name.entities.size - b.name.entities.size)
      for (const { says } of fitting) said = { ...said, ...says }
    }
    return said
  }
}

function isWithin(some: ReadonlyMap<string, string>, all: ReadonlyMap<string, string>): boolean {
  return [...some].every(([key, value]) => all.get(key) === value)
}
