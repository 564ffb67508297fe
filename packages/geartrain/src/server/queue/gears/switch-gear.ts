import { GeartrainError } from "@geartrain/spec"
import { sql } from "kysely"
import type { Caller } from "../../people/caller.ts"
import type { QueuePorts } from "../queue-ports.ts"
import { findGear } from "./find-gear.ts"
import { type GearEntry, gearOf } from "./gear-entry.ts"

/**
 * Enables or disables a gear. Of one that is disabled no job is started; those that wait or run go on.
 *
 * @param asked.revision  The one that the caller has seen.
 * @throws {GeartrainError} NOT_PERMITTED, GEAR_NOT_FOUND, ETAG_MISMATCH
 */
export async function switchGear(
  ports: QueuePorts,
  caller: Caller,
  asked: { readonly gear: string; readonly state: "enabled" | "disabled"; readonly revision?: number | undefined },
): Promise<GearEntry> {
  await ports.access.needSiteAdmin(caller, "gear.switch")
  const before = await findGear(ports.database.read, asked.gear)
  const changed = await ports.database.write(async (write) => {
    const row = await write.sql
      .updateTable("gears")
      .set({ state: asked.state, revision: sql`revision + 1` })
      .where("id", "=", before.id)
      .where("revision", "=", asked.revision ?? before.revision)
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) return undefined
    const { name, version } = row
    await write.event({ kind: `gear.${asked.state}`, subject: row.id, byUser: caller.user, data: { name, version } })
    return row
  })
  if (changed !== undefined) return gearOf(changed)
  throw new GeartrainError("ETAG_MISMATCH", `Cannot change gear "${before.name}": it is not as you have seen it`, {
    hint: "Read it again, and send what it says as If-Match",
  })
}
