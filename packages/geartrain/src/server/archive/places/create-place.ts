import type { JsonObject } from "@geartrain/spec"
import { PLACE_MEMBERS } from "@geartrain/spec/archive"
import { nowMs } from "../../../system/clock.ts"
import type { Write } from "../../database/database.ts"
import { isDuplicate } from "../../database/database-error.ts"
import { makeId } from "../../database/make-id.ts"
import type { PlaceType } from "../../database/tables/archive-tables.ts"
import type { Caller } from "../../people/caller.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { checkFields, patchTags } from "../metadata/patch-metadata.ts"
import { checkLabel } from "../names/check-name.ts"
import { placeNotFound } from "../names/not-found.ts"
import { findPlace, needPlace } from "./find-place.ts"
import { labelTaken } from "./label-taken.ts"
import { lockPlace } from "./lock-place.ts"
import { PARENT_TYPES, placeOf, type ServerPlace, type StoredPlace } from "./place.ts"
import { placeUnfit } from "./place-unfit.ts"

export interface NewPlace {
  readonly type: PlaceType
  /** Id of the place that it is to be in; of a group for a project. */
  readonly parent: string
  readonly label: string
  /** What is known beyond label, tags and info, by its type. */
  readonly metadata?: JsonObject | undefined
  readonly tags?: readonly string[] | undefined
  readonly info?: JsonObject | undefined
  /** What else an analysis has. */
  readonly analysis?: { readonly inputs: string; readonly job?: string | undefined } | undefined
}

/**
 * Makes a place. A project is made by an admin of its group or of the site, anything else by whoever may write to the project.
 *
 * @throws {GeartrainError} NOT_PERMITTED; PLACE_NOT_FOUND for the parent; PLACE_UNFIT when such a place does not lie in such a parent;
 *   NAME_UNFIT, METADATA_UNFIT, LABEL_TAKEN.
 */
export async function createPlace(
  ports: ArchivePorts,
  caller: Caller,
  request: NewPlace,
): Promise<ServerPlace & { readonly info: JsonObject }> {
  const action = `${request.type}.create`
  if (request.type === "project")
    await ports.access.needGroup(caller, { right: "admin", group: request.parent, action })
  else await needPlace(ports, caller, { id: request.parent, right: "write", action })
  const row = await refusingDuplicates(request.label, () =>
    ports.database.write((write) => insertPlace(write, { ...request, byUser: caller.user })),
  )
  return placeOf(row)
}

/** Turns a broken rule of there being one label only into the error that says so. */
export async function refusingDuplicates<Result>(label: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    throw isDuplicate(error) ? labelTaken(label) : error
  }
}

/** Makes a place within a transaction. A label that is taken fails the whole of it, as a broken rule of the database. */
export async function insertPlace(write: Write, request: NewPlace & { readonly byUser: string }): Promise<StoredPlace> {
  const { type, byUser } = request
  const above = await parentOf(write, request)
  const now = nowMs()
  const id = makeId()
  const row: StoredPlace = {
    id,
    type,
    parent: request.parent,
    group_id: above?.group_id ?? request.parent,
    project: above?.project ?? id,
    lineage: `${above?.lineage ?? ""}${id}/`,
    label: checkLabel(request.label),
    metadata: JSON.stringify(checkFields(request.metadata ?? {}, membersOf(type))),
    tags: JSON.stringify(patchTags([], { addTags: request.tags })),
    info: JSON.stringify(checkFields({ info: request.info ?? {} }, PLACE_MEMBERS[type])["info"]),
    created_ms: now,
    created_by: byUser,
    modified_ms: now,
    revision: 1,
    quota_bytes: null,
    deleted_ms: null,
    deleted_by: null,
    deleted_with: null,
  }
  await write.sql.insertInto("places").values(row).execute()
  if (type === "analysis") {
    const { inputs = "[]", job = null } = request.analysis ?? {}
    await write.sql.insertInto("analyses").values({ place: id, inputs, job, notes: "[]" }).execute()
  }
  await write.event({
    kind: type === "analysis" ? "analysis.created" : "place.created",
    subject: id,
    project: row.project,
    byUser,
    data: { place: id, type, parent: row.parent, label: row.label },
  })
  return row
}

/** What may be said of a place beyond label, tags and info. */
export function membersOf(type: PlaceType): Readonly<Record<string, (typeof PLACE_MEMBERS.project)[string]>> {
  const { label, tags, info, ...members } = PLACE_MEMBERS[type]
  return members
}

async function parentOf(write: Write, { type, parent }: NewPlace): Promise<StoredPlace | undefined> {
  if (type === "project") {
    const group = await write.sql.selectFrom("groups").select("id").where("id", "=", parent).executeTakeFirst()
    if (group === undefined) throw placeNotFound(parent)
    return undefined
  }
  await lockPlace(write, parent)
  const above = await findPlace(write.sql, parent)
  if (above === undefined) throw placeNotFound(parent)
  if (!PARENT_TYPES[type].includes(above.type)) throw placeUnfit(type, above)
  return above
}
