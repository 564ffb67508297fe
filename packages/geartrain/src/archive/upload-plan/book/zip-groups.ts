import type { FoundFile } from "../folder/found-file.ts"
import type { PlaceDraft, PlanBook } from "./plan-book.ts"
import { type ZipWish, zipWish } from "./zip-content.ts"

/** A zip of a place, and where a file stands in it. */
export interface ZipPlace {
  readonly place: PlaceDraft
  readonly name: string
  /** Tells it from others of its place. */
  readonly key: string
  readonly steps: readonly string[]
}

/** Folders that become one zip each, since places have no folders in them. */
export class ZipGroups {
  readonly #groups = new Map<
    string,
    { readonly place: PlaceDraft; readonly name: string; readonly wishes: ZipWish[] }
  >()

  take({ source, sizeBytes }: FoundFile, { place, name, key, steps }: ZipPlace): void {
    const id = [...place.labels, key].join("\0")
    const group = this.#groups.get(id) ?? { place, name, wishes: [] }
    group.wishes.push({ steps, sizeBytes, source })
    this.#groups.set(id, group)
  }

  addTo(book: PlanBook): void {
    for (const { place, name, wishes } of this.#groups.values()) book.add(place, zipWish(name, wishes))
  }
}
