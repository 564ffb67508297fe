import type { PlaceType } from "../../database/tables/archive-tables.ts"
import type { Caller } from "../../people/caller.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { needPlace, withinLineage } from "./find-place.ts"
import type { StoredPlace } from "./place.ts"
import { PLACE_COLUMNS } from "./read-places.ts"

/** A place without its info, which may be large, unless that was asked for. */
export type ListedPlace = Omit<StoredPlace, "info"> & { readonly info?: string | undefined }

/** Which places. */
export interface PlacesAsked {
  readonly type: PlaceType
  /** Id of a place that they lie in, however deep. Absent: in any project that the caller may read. */
  readonly below?: string | undefined
  /** Only those that lie in it themselves. */
  readonly directly?: boolean | undefined
  readonly group?: string | undefined
  readonly label?: string | undefined
  /** Id of the last one of the page before. */
  readonly after?: string | undefined
  readonly withInfo?: boolean
  readonly limit: number
}

/**
 * Places of one type by their ids, which is by their age: wherever they lie.
 *
 * @throws {GeartrainError} PLACE_NOT_FOUND for the place to look below.
 */
export async function listPlaces(
  ports: ArchivePorts,
  caller: Caller,
  asked: PlacesAsked,
): Promise<readonly ListedPlace[]> {
  let select = ports.database.read
    .selectFrom("places")
    .select(PLACE_COLUMNS)
    .where("type", "=", asked.type)
    .where("deleted_ms", "is", null)
  if (asked.below === undefined) {
    const readable = await ports.access.readable(caller)
    if (readable !== "all") select = select.where("project", "in", readable.length === 0 ? [""] : [...readable])
  } else {
    const above = await needPlace(ports, caller, { id: asked.below, right: "read", action: "place.list" })
    const [from, before] = withinLineage(above.lineage)
    select = select.where("lineage", ">=", from).where("lineage", "<", before).where("id", "<>", above.id)
    if (asked.directly === true) select = select.where("parent", "=", above.id)
  }
  if (asked.group !== undefined) select = select.where("group_id", "=", asked.group)
  if (asked.label !== undefined) select = select.where("label", "=", asked.label)
  if (asked.after !== undefined) select = select.where("id", ">", asked.after)
  return select
    .$if(asked.withInfo === true, (query) => query.select("info"))
    .orderBy("id")
    .limit(asked.limit)
    .execute()
}
