import { isGeartrainError } from "@geartrain/spec"
import type { Queries } from "../../database/database.ts"
import type { Caller, Right } from "../../people/caller.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { placeNotFound } from "../names/not-found.ts"
import type { StoredPlace } from "./place.ts"

/** A living place. Asks nobody whether the caller may see it: see `needPlace`. */
export function findPlace(queries: Queries, id: string): Promise<StoredPlace | undefined> {
  return queries
    .selectFrom("places")
    .selectAll()
    .where("id", "=", id)
    .where("deleted_ms", "is", null)
    .executeTakeFirst()
}

/**
 * A living place, on which the caller has a right.
 *
 * @throws {GeartrainError} PLACE_NOT_FOUND, in the same words whether it is not there or not to be known; NOT_PERMITTED.
 */
export async function needPlace(
  ports: Pick<ArchivePorts, "database" | "access">,
  caller: Caller,
  request: { readonly id: string; readonly right: Right; readonly action: string },
): Promise<StoredPlace> {
  const { id, right, action } = request
  const place = await findPlace(ports.database.read, id)
  if (place === undefined) throw placeNotFound(id)
  await needProject(ports, caller, { project: place.project, right, action, target: place.id })
  return place
}

/**
 * Asks for a right in the project of a place that is known to be there.
 *
 * @throws {GeartrainError} PLACE_NOT_FOUND for the target, in the words of `needPlace`; NOT_PERMITTED.
 */
export async function needProject(
  ports: Pick<ArchivePorts, "access">,
  caller: Caller,
  request: { readonly project: string; readonly right: Right; readonly action: string; readonly target: string },
): Promise<void> {
  try {
    await ports.access.need(caller, request)
  } catch (error) {
    throw isGeartrainError(error, "PROJECT_NOT_FOUND") ? placeNotFound(request.target) : error
  }
}

/** The place itself first, then those above it, the project last. */
export async function placesAbove(queries: Queries, place: StoredPlace): Promise<readonly StoredPlace[]> {
  const ids = place.lineage.split("/").filter((id) => id !== "" && id !== place.id)
  if (ids.length === 0) return [place]
  const rows = await queries.selectFrom("places").selectAll().where("id", "in", ids).execute()
  return [place, ...ids.toReversed().flatMap((id) => rows.filter((row) => row.id === id))]
}

/** Labels from the group on, with `/` between them, as `resolvePath` takes them. */
export async function pathOf(queries: Queries, place: StoredPlace): Promise<string> {
  const line = (await placesAbove(queries, place)).toReversed()
  const labels = line.flatMap(({ type, label }) => (type === "analysis" ? ["analyses", label] : [label]))
  return [place.group_id, ...labels].join("/")
}

/** Bounds of the lineages of all that lies in a place, itself included: from the first on, before the second. */
export function withinLineage(lineage: string): readonly [from: string, before: string] {
  // "0" is the character after "/".
  return [lineage, `${lineage.slice(0, -1)}0`]
}
