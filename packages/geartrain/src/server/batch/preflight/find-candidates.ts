import { GeartrainError, type JsonObject } from "@geartrain/spec"
import { withinLineage } from "../../archive/places/find-place.ts"
import type { StoredPlace } from "../../archive/places/place.ts"
import type { Queries } from "../../database/database.ts"
import type { Candidate } from "./match-inputs.ts"

/** Files of one target that are looked at. */
const MOST_CANDIDATES = 2_000

/**
 * The files of a target that a gear may take. Files of analyses are results, and belong to the analysis that is the target, or to none.
 *
 * @throws {GeartrainError} BATCH_INVALID when the place holds too many.
 */
export async function findCandidates(
  queries: Queries,
  place: StoredPlace,
  look: "here" | "below",
): Promise<readonly Candidate[]> {
  const [from, before] = withinLineage(place.lineage)
  let select = queries
    .selectFrom("files")
    .innerJoin("places", "places.id", "files.place")
    .selectAll("files")
    .select(["places.label as place_label", "places.type as place_type"])
    .where("files.deleted_ms", "is", null)
  select =
    look === "here"
      ? select.where("files.lineage", "=", place.lineage)
      : select.where("files.lineage", ">=", from).where("files.lineage", "<", before)
  if (place.type !== "analysis") select = select.where("places.type", "!=", "analysis")
  const rows = await select
    .orderBy("files.lineage")
    .orderBy("files.name")
    .limit(MOST_CANDIDATES + 1)
    .execute()
  if (rows.length > MOST_CANDIDATES) {
    throw new GeartrainError(
      "BATCH_INVALID",
      `Cannot match files of "${place.label}": it holds more than ${MOST_CANDIDATES}`,
      {
        hint: "Name smaller places as targets, or look in them alone",
      },
    )
  }
  return rows.map((row) => {
    const tags = JSON.parse(row.tags) as string[]
    return {
      id: row.id,
      version: row.version,
      name: row.name,
      digest: row.digest,
      tags,
      path: row.place === place.id ? "" : row.place_label,
      object: {
        name: row.name,
        size: row.size_bytes,
        mimetype: row.mimetype,
        tags,
        classification: JSON.parse(row.classification) as JsonObject,
        info: JSON.parse(row.info) as JsonObject,
        ...(row.type === null ? {} : { type: row.type }),
        ...(row.modality === null ? {} : { modality: row.modality }),
      },
    }
  })
}
