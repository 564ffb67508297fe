import type { GearClient } from "@geartrain/sdk/client"
import { GeartrainError } from "@geartrain/spec"
import { isPlaceId } from "@geartrain/spec/archive"
import { lookUp } from "./look-up.ts"
import { readPages } from "./read-pages.ts"

/** Something in the trash of a server's. */
export interface Trashed {
  readonly kind: "place" | "file" | "unknown"
  readonly id: string
}

/**
 * Finds what lay at a path before it was put into the trash; of several, what went there last. An id names what it names, though not what kind of thing.
 *
 * @throws {GeartrainError} PLACE_NOT_FOUND
 */
export async function findTrashed(client: GearClient, path: string): Promise<Trashed> {
  const steps = path.split("/").filter((step) => step !== "")
  const name = steps.at(-1)?.normalize("NFC") ?? ""
  if (steps.length === 1 && isPlaceId(name)) return { kind: "unknown", id: name }
  const isFile = steps.at(-2) === "files"
  const isNamed = isFile || steps.at(-2) === "analyses"
  const above = await lookUp(client, steps.slice(0, isNamed ? -2 : -1).join("/"))
  if (above.kind !== "place") throw notInTrash(path)
  const { id: parent, project } = above.place
  const found = isFile
    ? await newest(trashedFiles(client, project), (file) => file.place === parent && file.name === name)
    : await newest(trashedPlaces(client, project), (place) => place.parent === parent && place.label === name)
  if (found === undefined) throw notInTrash(path)
  return { kind: isFile ? "file" : "place", id: found.id }
}

function trashedFiles(client: GearClient, id: string) {
  return readPages((query) => client.api.GET("/api/v1/projects/{id}/trash/files", { params: { path: { id }, query } }))
}

function trashedPlaces(client: GearClient, id: string) {
  return readPages((query) => client.api.GET("/api/v1/projects/{id}/trash/places", { params: { path: { id }, query } }))
}

async function newest<Item extends { readonly deletedMs?: number | undefined }>(
  pages: AsyncIterable<readonly Item[]>,
  isMeant: (item: Item) => boolean,
): Promise<Item | undefined> {
  let found: Item | undefined
  for await (const items of pages) {
    for (const item of items.filter(isMeant)) {
      if (found === undefined || (item.deletedMs ?? 0) > (found.deletedMs ?? 0)) found = item
    }
  }
  return found
}

function notInTrash(path: string): GeartrainError {
  return new GeartrainError("PLACE_NOT_FOUND", `Cannot take "${path}" out of the trash: it is not there`, {
    details: { path },
    hint: "Name it as it was, group/project/…, or by the id that gear trash printed; a project by its id only",
  })
}
