import { z } from "zod"
import type { ArchivePorts } from "../../archive/archive-ports.ts"
import { placeNotFound } from "../../archive/names/not-found.ts"
import { needPlace } from "../../archive/places/find-place.ts"
import type { StoredPlace } from "../../archive/places/place.ts"
import type { PlaceType } from "../../database/tables/archive-tables.ts"
import type { Caller, Right } from "../../people/caller.ts"

/** Flywheel's words in paths for what we call places. Of `containers` the type is not said. */
export const CONTAINERS: Readonly<Record<string, PlaceType | undefined>> = {
  projects: "project",
  subjects: "subject",
  sessions: "session",
  acquisitions: "acquisition",
  analyses: "analysis",
  containers: undefined,
}

/** An id, or what somebody takes for one: what it is not leads to nothing. */
const TEXT = z
  .string()
  .min(1)
  .max(1024)
  .regex(/^[^\0]*$/)

export const ID_PARAMS = z.object({ id: TEXT })
export const FILE_PARAMS = z.object({ id: TEXT, name: TEXT })

/**
 * A place of the type that the path says.
 *
 * @throws {GeartrainError} PLACE_NOT_FOUND, for one of another type too; NOT_PERMITTED.
 */
export async function needContainer(
  ports: ArchivePorts,
  caller: Caller,
  asked: {
    readonly id: string
    readonly type: PlaceType | undefined
    readonly right: Right
    readonly action: string
  },
): Promise<StoredPlace> {
  const { id, type, right, action } = asked
  const row = await needPlace(ports, caller, { id, right, action })
  if (type !== undefined && row.type !== type) throw placeNotFound(id)
  return row
}
