import { GeartrainError } from "@geartrain/spec"
import { type Page, type PageQuery, readCursor, writeCursor } from "../../http/page.ts"
import type { QueuePorts } from "../queue-ports.ts"
import { type GearEntry, gearOf } from "./gear-entry.ts"

export interface GearFilter {
  readonly name?: string
  readonly category?: string
  /** Every version, and not the newest of each name alone. */
  readonly allVersions?: boolean
  /** Those too that an admin has disabled. */
  readonly disabledToo?: boolean
}

/**
 * Gears by name; of one name the one registered last first.
 *
 * @throws {GeartrainError} CURSOR_UNFIT
 */
export async function listGears(
  ports: QueuePorts,
  query: { readonly filter: GearFilter; readonly page: PageQuery },
): Promise<Page<GearEntry>> {
  const { filter, page } = query
  let select = ports.database.read.selectFrom("gears").selectAll().where("superseded_ms", "is", null)
  if (filter.name !== undefined) select = select.where("name", "=", filter.name)
  if (filter.category !== undefined) select = select.where("category", "=", filter.category)
  if (filter.allVersions !== true) select = select.where("newest", "=", 1)
  if (filter.disabledToo !== true) select = select.where("state", "=", "enabled")
  if (page.cursor !== undefined) {
    const [name, createdMs, id] = readPlace(page.cursor)
    select = select.where(({ eb, or, and }) =>
      or([
        eb("name", ">", name),
        and([eb("name", "=", name), eb("created_ms", "<", createdMs)]),
        and([eb("name", "=", name), eb("created_ms", "=", createdMs), eb("id", "<", id)]),
      ]),
    )
  }
  const rows = await select
    .orderBy("name")
    .orderBy("created_ms", "desc")
    .orderBy("id", "desc")
    .limit(page.limit + 1)
    .execute()
  const shown = rows.slice(0, page.limit)
  const last = shown.at(-1)
  const hasMore = rows.length > page.limit && last !== undefined
  return { items: shown.map(gearOf), ...(hasMore ? { next: writeCursor([last.name, last.created_ms, last.id]) } : {}) }
}

function readPlace(cursor: string): readonly [string, number, string] {
  const [name, createdMs, id] = readCursor(cursor) ?? []
  if (typeof name === "string" && typeof createdMs === "number" && typeof id === "string") return [name, createdMs, id]
  throw new GeartrainError("CURSOR_UNFIT", "Cannot go on with the list: the cursor did not come from it", {
    hint: "Begin again without a cursor",
  })
}
