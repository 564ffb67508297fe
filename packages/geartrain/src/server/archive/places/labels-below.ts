import type { Queries } from "../../database/database.ts"
import type { StoredPlace } from "./place.ts"

/** So many ids are asked for at once: databases bound how many values a question may have. */
const IDS_AT_ONCE = 500

/**
 * The labels on the way from a place down to others, as paths have them: the word `analyses` stands before that of an analysis.
 *
 * @param lineages  Of the place itself, or of places below it.
 * @returns by lineage; none for what is not kept any more.
 */
export async function labelsBelow(
  queries: Queries,
  place: Pick<StoredPlace, "lineage">,
  lineages: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const lines = new Map(
    lineages.map((lineage) => [
      lineage,
      lineage
        .slice(place.lineage.length)
        .split("/")
        .filter((id) => id !== ""),
    ]),
  )
  const steps = await stepsOf(queries, [...new Set([...lines.values()].flat())])
  const labels = new Map<string, readonly string[]>()
  for (const [lineage, ids] of lines) {
    if (ids.every((id) => steps.has(id)))
      labels.set(
        lineage,
        ids.flatMap((id) => steps.get(id) ?? []),
      )
  }
  return labels
}

async function stepsOf(queries: Queries, ids: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const steps = new Map<string, readonly string[]>()
  for (let from = 0; from < ids.length; from += IDS_AT_ONCE) {
    const rows = await queries
      .selectFrom("places")
      .select(["id", "type", "label"])
      .where("id", "in", ids.slice(from, from + IDS_AT_ONCE))
      .execute()
    for (const { id, type, label } of rows) steps.set(id, type === "analysis" ? ["analyses", label] : [label])
  }
  return steps
}
