import { nowMs } from "../../../system/clock.ts"
import { isDuplicate } from "../../database/database-error.ts"
import type { Page } from "../../http/page.ts"
import type { Caller } from "../../people/caller.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { type PageRequest, readPage } from "../lists/read-page.ts"
import { needRevision } from "../metadata/revision.ts"
import { checkGroupId, checkLabel } from "../names/check-name.ts"
import { placeNotFound } from "../names/not-found.ts"
import { labelTaken } from "./label-taken.ts"

/** What projects are kept in: a lab, a department. */
export interface Group {
  readonly id: string
  readonly label: string
  readonly createdMs: number
  readonly modifiedMs: number
  readonly revision: number
}

/**
 * Makes a group. An admin of the site may.
 *
 * @throws {GeartrainError} NOT_PERMITTED, NAME_UNFIT, LABEL_TAKEN
 */
export async function createGroup(
  ports: ArchivePorts,
  caller: Caller,
  request: { readonly id: string; readonly label?: string | undefined },
): Promise<Group> {
  await ports.access.needSiteAdmin(caller, "group.create")
  const id = checkGroupId(request.id)
  const label = checkLabel(request.label ?? id)
  const now = nowMs()
  const row = { id, label, created_ms: now, created_by: caller.user, modified_ms: now, revision: 1 }
  try {
    await ports.database.write(async (write) => {
      await write.sql.insertInto("groups").values(row).execute()
      await write.event({ kind: "group.created", subject: id, byUser: caller.user, data: { label } })
    })
  } catch (error) {
    throw isDuplicate(error) ? labelTaken(id) : error
  }
  return groupOf(row)
}

/**
 * Changes a group's label. An admin of the site may.
 *
 * @throws {GeartrainError} NOT_PERMITTED, NAME_UNFIT, PLACE_NOT_FOUND, ETAG_MISMATCH
 */
export async function changeGroup(
  ports: ArchivePorts,
  caller: Caller,
  request: { readonly id: string; readonly label: string; readonly revision?: number | undefined },
): Promise<Group> {
  await ports.access.needSiteAdmin(caller, "group.change")
  const label = checkLabel(request.label)
  return ports.database.write(async (write) => {
    const row = await write.sql.selectFrom("groups").selectAll().where("id", "=", request.id).executeTakeFirst()
    if (row === undefined) throw placeNotFound(request.id)
    needRevision(row, request.revision)
    const changed = { ...row, label, modified_ms: nowMs(), revision: row.revision + 1 }
    const { numUpdatedRows } = await write.sql
      .updateTable("groups")
      .set({ label, modified_ms: changed.modified_ms, revision: changed.revision })
      .where("id", "=", row.id)
      .where("revision", "=", row.revision)
      .executeTakeFirst()
    if (Number(numUpdatedRows) === 0) needRevision({ ...row, revision: row.revision + 1 }, row.revision)
    await write.event({ kind: "group.changed", subject: row.id, byUser: caller.user, data: { label } })
    return groupOf(changed)
  })
}

/** Groups in which the caller may read a project; all of them for an admin of the site. */
export async function listGroups(ports: ArchivePorts, caller: Caller, page: PageRequest): Promise<Page<Group>> {
  const readable = await ports.access.readable(caller)
  const found = await readPage(page, {
    kinds: ["string"],
    read: (limit, after) => {
      let select = ports.database.read.selectFrom("groups").selectAll().orderBy("id").limit(limit)
      if (after !== undefined) select = select.where("id", ">", String(after[0]))
      if (readable !== "all") {
        select = select.where("id", "in", (nested) =>
          nested
            .selectFrom("places")
            .select("group_id")
            .where("id", "in", readable.length === 0 ? [""] : [...readable])
            .where("deleted_ms", "is", null),
        )
      }
      return select.execute()
    },
    orderOf: (row) => [row.id],
  })
  return { ...found, items: found.items.map(groupOf) }
}

/** @throws {GeartrainError} PLACE_NOT_FOUND, in the same words for a group in which the caller may read nothing. */
export async function getGroup(ports: ArchivePorts, caller: Caller, id: string): Promise<Group> {
  const row = await ports.database.read.selectFrom("groups").selectAll().where("id", "=", id).executeTakeFirst()
  if (row === undefined || !(await maySeeGroup(ports, caller, id))) throw placeNotFound(id)
  return groupOf(row)
}

async function maySeeGroup(ports: ArchivePorts, caller: Caller, id: string): Promise<boolean> {
  const readable = await ports.access.readable(caller)
  if (readable === "all") return true
  if (readable.length === 0) return false
  const project = await ports.database.read
    .selectFrom("places")
    .select("id")
    .where("group_id", "=", id)
    .where("id", "in", [...readable])
    .where("deleted_ms", "is", null)
    .executeTakeFirst()
  return project !== undefined
}

function groupOf(row: {
  readonly id: string
  readonly label: string
  readonly created_ms: number
  readonly modified_ms: number
  readonly revision: number
}): Group {
  const { id, label, created_ms, modified_ms, revision } = row
  return { id, label, createdMs: created_ms, modifiedMs: modified_ms, revision }
}
