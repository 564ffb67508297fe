import { GeartrainError } from "@geartrain/spec"
import type { Queries } from "../../database/database.ts"

export interface Usage {
  readonly bytes: number
  readonly versions: number
}

/** Bytes and versions of all files of a project, those in the trash too. */
export async function usageOf(queries: Queries, project: string): Promise<Usage> {
  const row = await queries.selectFrom("project_usage").selectAll().where("project", "=", project).executeTakeFirst()
  return { bytes: row?.bytes ?? 0, versions: row?.versions ?? 0 }
}

/**
 * Counts what was added, within the transaction that adds it.
 *
 * @throws {GeartrainError} QUOTA_EXCEEDED
 */
export async function addUsage(queries: Queries, project: string, added: Usage): Promise<void> {
  await queries
    .insertInto("project_usage")
    .values({ project, ...added })
    .onConflict((conflict) =>
      conflict.column("project").doUpdateSet(({ ref, eb }) => ({
        bytes: eb(ref("project_usage.bytes"), "+", added.bytes),
        versions: eb(ref("project_usage.versions"), "+", added.versions),
      })),
    )
    .execute()
  if (added.bytes > 0) await needRoom(queries, project, 0)
}

/**
 * Looks whether so many more bytes are within the project's quota.
 *
 * @throws {GeartrainError} QUOTA_EXCEEDED
 */
export async function needRoom(queries: Queries, project: string, bytes: number): Promise<void> {
  const place = await queries.selectFrom("places").select("quota_bytes").where("id", "=", project).executeTakeFirst()
  const quotaBytes = place?.quota_bytes ?? null
  if (quotaBytes === null) return
  const used = (await usageOf(queries, project)).bytes
  if (used + bytes <= quotaBytes) return
  throw new GeartrainError(
    "QUOTA_EXCEEDED",
    `Cannot keep ${bytes === 0 ? "these bytes" : `${bytes} more bytes`} in project "${project}": it may have ${quotaBytes}`,
    {
      details: { project, quotaBytes, usedBytes: used, bytes },
      hint: "Delete what is not needed and have the trash emptied, or ask an admin of the site for more",
    },
  )
}
