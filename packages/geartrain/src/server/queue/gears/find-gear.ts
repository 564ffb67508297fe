import { GeartrainError, isDigest } from "@geartrain/spec"
import type { Queries } from "../../database/database.ts"
import { type GearEntry, gearOf } from "./gear-entry.ts"

/**
 * Finds a gear by its id, `name@version`, or `name` for the version that was registered last.
 *
 * @throws {GeartrainError} GEAR_NOT_FOUND
 */
export async function findGear(queries: Queries, reference: string): Promise<GearEntry> {
  const select = queries.selectFrom("gears").selectAll()
  const at = reference.lastIndexOf("@")
  const row = await (isDigest(reference)
    ? select.where("id", "=", reference)
    : at === -1
      ? select.where("name", "=", reference).where("newest", "=", 1)
      : select
          .where("name", "=", reference.slice(0, at))
          .where("version", "=", reference.slice(at + 1))
          .where("superseded_ms", "is", null)
  ).executeTakeFirst()
  if (row !== undefined) return gearOf(row)
  throw new GeartrainError(
    "GEAR_NOT_FOUND",
    `Cannot find gear "${reference.slice(0, 300).toWellFormed()}": this server has none`,
    {
      hint: "See what there is with: gear ls --server",
    },
  )
}
