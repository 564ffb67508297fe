import { type SqlBool, sql } from "kysely"
import type { Page } from "../../http/page.ts"
import type { Caller } from "../../people/caller.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { COLUMNS } from "../files/list-files.ts"
import { listedFile, type ServerFile } from "../files/server-file.ts"
import { type PageRequest, readPage } from "../lists/read-page.ts"
import { needPlace } from "../places/find-place.ts"
import { listedPlace, type ServerPlace } from "../places/place.ts"
import { PLACE_COLUMNS } from "../places/read-places.ts"
import { type Collection, collectionOf, needCollection } from "./collection.ts"

/** @throws {GeartrainError} COLLECTION_NOT_FOUND */
export async function getCollection(ports: ArchivePorts, caller: Caller, id: string): Promise<Collection> {
  return collectionOf(await needCollection(ports, caller, { id, right: "read", action: "collection.read" }))
}

/** Collections of a project, by label. @throws {GeartrainError} PLACE_NOT_FOUND */
export async function listCollections(
  ports: ArchivePorts,
  caller: Caller,
  request: PageRequest & { readonly project: string },
): Promise<Page<Collection>> {
  const place = await needPlace(ports, caller, { id: request.project, right: "read", action: "collection.list" })
  const page = await readPage(request, {
    kinds: ["string", "string"],
    read: (limit, after) => {
      const select = ports.database.read
        .selectFrom("collections")
        .selectAll()
        .where("project", "=", place.project)
        .where("deleted_ms", "is", null)
      const later = after === undefined ? select : select.where(sql<SqlBool>`(label, id) > (${after[0]}, ${after[1]})`)
      return later.orderBy("label").orderBy("id").limit(limit).execute()
    },
    orderOf: (row) => [row.label, row.id],
  })
  return { ...page, items: page.items.map(collectionOf) }
}

/** Something that a collection lists. */
export type CollectionItem =
  | { readonly kind: "place"; readonly place: ServerPlace }
  | { readonly kind: "file"; readonly file: ServerFile }

/**
 * What a collection lists and the caller may read: a page may have fewer entries than were asked for. What lies in the trash is left out.
 *
 * @throws {GeartrainError} COLLECTION_NOT_FOUND
 */
export async function listItems(
  ports: ArchivePorts,
  caller: Caller,
  request: PageRequest & { readonly collection: string },
): Promise<Page<CollectionItem>> {
  const { id } = await needCollection(ports, caller, {
    id: request.collection,
    right: "read",
    action: "collection.read",
  })
  const page = await readPage(request, {
    kinds: ["string"],
    read: (limit, after) =>
      ports.database.read
        .selectFrom("collection_items")
        .select(["item", "kind"])
        .where("collection", "=", id)
        .where("item", ">", String(after?.[0] ?? ""))
        .orderBy("item")
        .limit(limit)
        .execute(),
    orderOf: (row) => [row.item],
  })
  const ids = page.items.map(({ item }) => item)
  const found = ids.length === 0 ? new Map<string, CollectionItem>() : await itemsOf(ports, caller, ids)
  return { ...page, items: ids.flatMap((item) => found.get(item) ?? []) }
}

async function itemsOf(
  ports: ArchivePorts,
  caller: Caller,
  ids: readonly string[],
): Promise<Map<string, CollectionItem>> {
  const { read } = ports.database
  const places = await read
    .selectFrom("places")
    .select(PLACE_COLUMNS)
    .where("id", "in", ids)
    .where("deleted_ms", "is", null)
    .execute()
  const files = await read
    .selectFrom("files")
    .select(COLUMNS)
    .where("id", "in", ids)
    .where("deleted_ms", "is", null)
    .execute()
  const readable = new Set<string>()
  for (const project of new Set([...places, ...files].map((row) => row.project))) {
    if (await ports.access.may(caller, "read", project)) readable.add(project)
  }
  return new Map<string, CollectionItem>([
    ...places
      .filter(({ project }) => readable.has(project))
      .map((row): [string, CollectionItem] => [row.id, { kind: "place", place: listedPlace(row) }]),
    ...files
      .filter(({ project }) => readable.has(project))
      .map((row): [string, CollectionItem] => [row.id, { kind: "file", file: listedFile(row) }]),
  ])
}
