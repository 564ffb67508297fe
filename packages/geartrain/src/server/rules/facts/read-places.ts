import type { JsonObject } from "@geartrain/spec"
import type { StoredPlace } from "../../archive/places/place.ts"
import type { Queries } from "../../database/database.ts"
import type { PlaceFacts } from "../evaluate/rule-facts.ts"

/** The places that files lie in, and all above those, by id. */
export async function readPlaces(
  queries: Queries,
  files: readonly { readonly lineage: string }[],
): Promise<ReadonlyMap<string, PlaceFacts>> {
  const ids = [...new Set(files.flatMap(({ lineage }) => lineage.split("/")))].filter((id) => id !== "")
  const rows: StoredPlace[] = []
  for (let at = 0; at < ids.length; at += MOST_NAMED) {
    const part = ids.slice(at, at + MOST_NAMED)
    rows.push(...(await queries.selectFrom("places").selectAll().where("id", "in", part).execute()))
  }
  const byId = new Map(rows.map((row) => [row.id, row]))
  return new Map(rows.map((row) => [row.id, placeFacts(row, byId)]))
}

const MOST_NAMED = 500

function placeFacts(row: StoredPlace, byId: ReadonlyMap<string, StoredPlace>): PlaceFacts {
  const line = row.lineage.split("/").filter((id) => id !== "")
  return {
    id: row.id,
    level: row.type,
    label: row.label,
    parent: row.parent,
    path: [row.group_id, ...line.map((id) => byId.get(id)?.label ?? id)].join("/"),
    fields: {
      ...(JSON.parse(row.metadata) as JsonObject),
      label: row.label,
      tags: JSON.parse(row.tags) as string[],
      info: JSON.parse(row.info) as JsonObject,
    },
  }
}
