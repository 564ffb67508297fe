import { isGeartrainError, type JsonObject } from "@geartrain/spec"

import { type SqlBool, sql } from "kysely"
import type { PlaceType } from "../../database/tables/archive-tables.ts"
import type { Page } from "../../http/page.ts"
import type { Caller } from "../../people/caller.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { fileOf, type ServerFile } from "../files/server-file.ts"
import { type PageRequest, readPage } from "../lists/read-page.ts"
import { placeNotFound } from "../names/not-found.ts"
import { needPlace, needProject, pathOf } from "./find-place.ts"
import { type Group, getGroup } from "./groups.ts"
import { listedPlace, placeOf, type ServerPlace } from "./place.ts"
import { resolvePath } from "./resolve-path.ts"

export type WholePlace = ServerPlace & {
  readonly info: JsonObject
  /** Labels from the group on. */
  readonly path: string
}

/** @throws {GeartrainError} PLACE_NOT_FOUND */
export async function getPlace(ports: ArchivePorts, caller: Caller, id: string): Promise<WholePlace> {
  const row = await needPlace(ports, caller, { id, right: "read", action: "place.read" })
  return { ...placeOf(row), path: await pathOf(ports.database.read, row) }
}

/** What a path leads to: see `resolvePath`. */
export type Found =
  | { readonly kind: "group"; readonly group: Group }
  | { readonly kind: "place"; readonly place: WholePlace }
  | { readonly kind: "file"; readonly place: WholePlace; readonly file: ServerFile }

/** @throws {GeartrainError} PLACE_NOT_FOUND, in the same words for what the caller may not know of. */
export async function lookUp(ports: ArchivePorts, caller: Caller, path: string): Promise<Found> {
  const resolved = await resolvePath(ports.database.read, path)
  if (resolved === undefined) throw placeNotFound(path)
  try {
    if (resolved.kind === "group") return { kind: "group", group: await getGroup(ports, caller, resolved.group) }
    const { place } = resolved
    await needProject(ports, caller, { project: place.project, right: "read", action: "place.read", target: place.id })
    const whole = { ...placeOf(place), path: await pathOf(ports.database.read, place) }
    return resolved.kind === "place"
      ? { kind: "place", place: whole }
      : { kind: "file", place: whole, file: fileOf(resolved.file) }
  } catch (error) {
    throw isGeartrainError(error, "PLACE_NOT_FOUND") ? placeNotFound(path) : error
  }
}

/** Projects that the caller may read, by label; of one group if one is named. */
export async function listProjects(
  ports: ArchivePorts,
  caller: Caller,
  request: PageRequest & { readonly group?: string | undefined },
): Promise<Page<ServerPlace>> {
  const readable = await ports.access.readable(caller)
  const page = await readPage(request, {
    kinds: ["string", "string"],
    read: (limit, after) => {
      let select = ports.database.read
        .selectFrom("places")
        .select(PLACE_COLUMNS)
        .where("type", "=", "project")
        .where("deleted_ms", "is", null)
      if (request.group !== undefined) select = select.where("parent", "=", request.group)
      if (readable !== "all") select = select.where("id", "in", readable.length === 0 ? [""] : [...readable])
      if (after !== undefined) select = select.where(sql<SqlBool>`(label, id) > (${after[0]}, ${after[1]})`)
      return select.orderBy("label").orderBy("id").limit(limit).execute()
    },
    orderOf: (row) => [row.label, row.id],
  })
  return { ...page, items: page.items.map(listedPlace) }
}

/**
 * Places of one type that lie directly in another, by label.
 *
 * @throws {GeartrainError} PLACE_NOT_FOUND
 */
export async function listChildren(
  ports: ArchivePorts,
  caller: Caller,
  request: PageRequest & { readonly parent: string; readonly type: PlaceType },
): Promise<Page<ServerPlace>> {
  const above = await needPlace(ports, caller, { id: request.parent, right: "read", action: "place.list" })
  const page = await readPage(request, {
    kinds: ["string"],
    read: (limit, after) => {
      let select = ports.database.read
        .selectFrom("places")
        .select(PLACE_COLUMNS)
        .where("parent", "=", above.id)
        .where("type", "=", request.type)
        .where("deleted_ms", "is", null)
      if (after !== undefined) select = select.where("label", ">", String(after[0]))
      return select.orderBy("label").limit(limit).execute()
    },
    orderOf: (row) => [row.label],
  })
  return { ...page, items: page.items.map(listedPlace) }
}

/** All but `info`. */
export const PLACE_COLUMNS = [
  "id",
  "type",
  "parent",
  "group_id",
  "project",
  "lineage",
  "label",
  "metadata",
  "tags",
  "created_ms",
  "created_by",
  "modified_ms",
  "revision",
  "quota_bytes",
  "deleted_ms",
  "deleted_by",
  "deleted_with",
] as const
