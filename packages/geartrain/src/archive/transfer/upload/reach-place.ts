import { answered, type GearClient } from "@geartrain/sdk/client"
import { GeartrainError, isGeartrainError, type JsonObject } from "@geartrain/spec"
import type { PlannedLevel } from "../../upload-plan/upload-plan.ts"

/** A place of the server's that files go to. */
export interface ReachedPlace {
  readonly id: string
  readonly type: string
  /** Labels from the group on. */
  readonly path: string
  readonly isNew: boolean
  /** What is known of it beyond label and tags. */
  readonly metadata: JsonObject
  readonly info: JsonObject
}

const LEVELS: readonly PlannedLevel[] = ["project", "subject", "session", "acquisition"]

/**
 * Finds the place that a path leads to, `group/project/subject/session/acquisition` or less, and makes what is missing of it.
 *
 * @throws {GeartrainError} PLACE_UNFIT for what no files go to; PLACE_NOT_FOUND; NOT_PERMITTED; NAME_UNFIT.
 */
export async function reachPlace(client: GearClient, path: string): Promise<ReachedPlace> {
  const steps = path.split("/").filter((step) => step !== "")
  const found = await lookUp(client, steps.join("/"))
  if (found !== undefined) return found
  const label = steps.at(-1)
  const level = LEVELS[steps.length - 2]
  if (label === undefined || level === undefined || steps.includes("files") || steps.includes("analyses")) {
    throw new GeartrainError(
      "PLACE_NOT_FOUND",
      `Cannot upload to "${path}": there is no such place, and none can be made`,
      {
        details: { path },
        hint: "Write it as group/project, or group/project/subject/session/acquisition",
      },
    )
  }
  const above = steps.slice(0, -1)
  const parent = level === "project" ? above.join("/") : (await reachPlace(client, above.join("/"))).id
  const make = () => makePlace(client, { parent, level, label, fields: {} })
  if (level !== "project") return make()
  try {
    return await make()
  } catch (error) {
    if (!isGeartrainError(error, "PLACE_NOT_FOUND")) throw error
    await client.api.POST("/api/v1/groups", { body: { id: parent } })
    return make()
  }
}

export interface PlaceWish {
  /** Id of the place above; of the group for a project. */
  readonly parent: string
  readonly level: PlannedLevel
  readonly label: string
  /** What is to be known of it. */
  readonly fields: JsonObject
}

/** The place of a label in another, made if it is missing. Of one that is there, what is known already stays, and what is not is added. */
export async function placeWithin(client: GearClient, wish: PlaceWish): Promise<ReachedPlace> {
  const there = await lookUp(client, `${wish.parent}/${wish.label}`)
  if (there === undefined) return makePlace(client, wish)
  await addFields(client, there, wish.fields)
  return there
}

async function makePlace(client: GearClient, { parent, level, label, fields }: PlaceWish): Promise<ReachedPlace> {
  const { info, tags: _, label: __, ...metadata } = fields
  try {
    const body = {
      type: level,
      parent,
      label,
      ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
      ...(info === undefined ? {} : { info: info as JsonObject }),
    }
    const made = answered(await client.api.POST("/api/v1/places", { body: body as never }))
    const { path } = answered(await client.api.GET("/api/v1/places/{id}", { params: { path: { id: made.id } } }))
    return { id: made.id, type: level, path, isNew: true, metadata, info: (info ?? {}) as JsonObject }
  } catch (error) {
    // Somebody else was quicker.
    const there = isGeartrainError(error, "LABEL_TAKEN") ? await lookUp(client, `${parent}/${label}`) : undefined
    if (there !== undefined) return there
    throw error
  }
}

/** What people have written down of a place is right, whatever a folder says. */
export async function addFields(client: GearClient, place: ReachedPlace, fields: JsonObject): Promise<void> {
  const { info = {}, tags: _, label: __, ...metadata } = fields
  const fresh = missing(metadata, place.metadata)
  const freshInfo = missing(info as JsonObject, place.info)
  const set = { ...fresh, ...(Object.keys(freshInfo).length === 0 ? {} : { info: freshInfo }) }
  if (Object.keys(set).length === 0) return
  await client.api.PATCH("/api/v1/places/{id}", { params: { path: { id: place.id } }, body: { set } as never })
}

function missing(wanted: JsonObject, known: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => !Object.hasOwn(known, name)))
}

async function lookUp(client: GearClient, path: string): Promise<ReachedPlace | undefined> {
  try {
    const found = answered(await client.api.GET("/api/v1/lookup", { params: { query: { path } } }))
    if (found.kind === "place") {
      const { id, type, path: whole, metadata, info } = found.place
      return { id, type, path: whole, isNew: false, metadata: metadata as JsonObject, info: info as JsonObject }
    }
    throw new GeartrainError("PLACE_UNFIT", `Cannot upload to "${path}": it is a ${found.kind}`, {
      details: { path },
      hint: "Name a project, subject, session, acquisition or analysis: group/project/…",
    })
  } catch (error) {
    if (isGeartrainError(error, "PLACE_NOT_FOUND") || isGeartrainError(error, "ARCHIVE_FILE_NOT_FOUND"))
      return undefined
    throw error
  }
}
