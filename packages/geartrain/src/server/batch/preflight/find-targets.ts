import { GeartrainError, StepBudget } from "@geartrain/spec"
import { globPattern } from "@geartrain/spec/rules"
import { pathOf, withinLineage } from "../../archive/places/find-place.ts"
import type { StoredPlace } from "../../archive/places/place.ts"
import { resolvePath } from "../../archive/places/resolve-path.ts"
import type { Queries } from "../../database/database.ts"
import type { Caller } from "../../people/caller.ts"
import type { BatchPorts } from "../batch-ports.ts"
import type { BatchTargets } from "../batch-request.ts"

/** So many targets a batch may have. */
export const MOST_TARGETS = 10_000

/** A place that was asked for; one that is not there, or not to be known, has no place. */
export interface FoundTarget {
  readonly asked: string
  readonly place?: StoredPlace
  readonly path: string
}

/**
 * Finds all places that a batch is asked for, each once, in the order in which they were named.
 *
 * @throws {GeartrainError} BATCH_INVALID for none or too many; COLLECTION_NOT_FOUND, PLACE_NOT_FOUND for what the query is held to.
 */
export async function findTargets(
  ports: BatchPorts,
  caller: Caller,
  { project, targets }: { readonly project: string; readonly targets: BatchTargets },
): Promise<readonly FoundTarget[]> {
  const queries = ports.database.read
  const found = [
    ...(await namedPlaces(ports, caller, targets.places ?? [])),
    ...(targets.collection === undefined ? [] : await collectedPlaces(ports, caller, targets.collection)),
    ...(targets.query === undefined ? [] : await queriedPlaces(queries, project, targets.query)),
  ]
  const once = [...new Map(found.map((target) => [target.place?.id ?? `?${target.asked}`, target])).values()]
  if (once.length === 0)
    throw targetsUnfit("there is no place among its targets", "Name places, a collection or a query")
  if (once.length > MOST_TARGETS) {
    throw targetsUnfit(`it has more than ${MOST_TARGETS} targets`, "Make several batches of it")
  }
  return once
}

async function namedPlaces(
  ports: BatchPorts,
  caller: Caller,
  names: readonly string[],
): Promise<readonly FoundTarget[]> {
  const found: FoundTarget[] = []
  for (const asked of names) {
    const resolved = await resolvePath(ports.database.read, asked)
    const place = resolved?.kind === "place" ? resolved.place : undefined
    const isSeen = place !== undefined && (await ports.access.may(caller, "read", place.project))
    found.push(isSeen ? await targetOf(ports.database.read, place) : { asked, path: asked })
  }
  return found
}

async function collectedPlaces(ports: BatchPorts, caller: Caller, id: string): Promise<readonly FoundTarget[]> {
  const queries = ports.database.read
  const collection = await queries
    .selectFrom("collections")
    .select("project")
    .where("id", "=", id)
    .where("deleted_ms", "is", null)
    .executeTakeFirst()
  if (collection === undefined || !(await ports.access.may(caller, "read", collection.project))) {
    throw new GeartrainError(
      "COLLECTION_NOT_FOUND",
      `Cannot find collection ${JSON.stringify(id.slice(0, 100))}: there is none that you can see`,
    )
  }
  const items = await queries
    .selectFrom("collection_items")
    .leftJoin("files", "files.id", "collection_items.item")
    .select(["collection_items.item", "collection_items.kind", "files.place"])
    .where("collection_items.collection", "=", id)
    .orderBy("collection_items.item")
    .limit(MOST_TARGETS + 1)
    .execute()
  const ids = items.map(({ item, kind, place }) => (kind === "file" ? (place ?? item) : item))
  // Places of projects that the caller may not see are told as that, one by one.
  return namedPlaces(ports, caller, [...new Set(ids)])
}

async function queriedPlaces(
  queries: Queries,
  project: string,
  query: NonNullable<BatchTargets["query"]>,
): Promise<readonly FoundTarget[]> {
  const base = await resolvePath(queries, query.below === undefined ? project : `${project}/${query.below}`)
  if (base?.kind !== "place" || base.place.project !== project) {
    throw new GeartrainError(
      "PLACE_NOT_FOUND",
      `Cannot find ${JSON.stringify((query.below ?? project).slice(0, 300))} in the project`,
    )
  }
  const [from, before] = withinLineage(base.place.lineage)
  const rows = await queries
    .selectFrom("places")
    .selectAll()
    .where("lineage", ">=", from)
    .where("lineage", "<", before)
    .where("type", "=", query.type)
    .where("deleted_ms", "is", null)
    .orderBy("lineage")
    .limit(MOST_LOOKED_AT)
    .execute()
  const budget = new StepBudget()
  const label = query.label === undefined ? undefined : globPattern(query.label)
  const fitting = rows.filter((row) => {
    if (label?.ok === true && !label.pattern.search(row.label, budget)) return false
    return query.tag === undefined || (JSON.parse(row.tags) as string[]).includes(query.tag)
  })
  const found: FoundTarget[] = []
  for (const place of fitting.slice(0, MOST_TARGETS + 1)) found.push(await targetOf(queries, place))
  return found.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
}

const MOST_LOOKED_AT = 50_000

async function targetOf(queries: Queries, place: StoredPlace): Promise<FoundTarget> {
  return { asked: place.id, place, path: await pathOf(queries, place) }
}

function targetsUnfit(why: string, hint: string): GeartrainError {
  return new GeartrainError("BATCH_INVALID", `Cannot propose the batch: ${why}`, { hint })
}
