import type { JsonObject, JsonValue } from "@geartrain/spec"
import { mentions, type Rule } from "@geartrain/spec/rules"
import { type SqlBool, sql } from "kysely"
import { findFile } from "../../archive/files/find-file.ts"
import type { StoredFile } from "../../archive/files/server-file.ts"
import { withinLineage } from "../../archive/places/find-place.ts"
import type { Queries } from "../../database/database.ts"
import type { ServerEvent } from "../../database/events/server-event.ts"

/** Kinds of events that may change what a rule says. */
export const RULE_EVENTS = [
  "file.saved",
  "file.changed",
  "file.restored",
  "place.changed",
  "place.restored",
  "job.changed",
] as const

/** Where the last file of a page lies. */
export interface FilePlace {
  readonly lineage: string
  readonly name: string
}

/** Whether an event of this kind can change what the rule says of any file. */
export function concerns(event: ServerEvent, rule: Rule): boolean {
  // At its own times only.
  if (rule.schedule !== undefined) return false
  switch (event.kind) {
    case "place.changed":
      return (
        isMove(event.data) ||
        mentions(rule, (condition) => "metadata" in condition && !condition.metadata.startsWith("file."))
      )
    case "job.changed":
      return isEnd(event.data) && mentions(rule, (condition) => "job" in condition)
    default:
      return true
  }
}

/** One page of the living files that an event is about, in the order of where they lie and of their names. */
export async function eventFiles(
  queries: Queries,
  event: ServerEvent,
  page: { readonly after: FilePlace | undefined; readonly limit: number },
): Promise<readonly StoredFile[]> {
  switch (event.kind) {
    case "file.saved":
    case "file.changed":
    case "file.restored": {
      // One file, which has been done when there is something to come after.
      const file = page.after === undefined ? await findFile(queries, { id: event.subject }) : undefined
      return file === undefined ? [] : [file]
    }
    case "job.changed":
      return jobFiles(queries, event.subject, page)
    default: {
      const place = await queries
        .selectFrom("places")
        .select("lineage")
        .where("id", "=", event.subject)
        .executeTakeFirst()
      return place === undefined ? [] : filesWithin(queries, place.lineage, page)
    }
  }
}

/** Living files of a place and of all below, after one of them. */
export function filesWithin(
  queries: Queries,
  lineage: string,
  { after, limit }: { readonly after: FilePlace | undefined; readonly limit: number },
): Promise<readonly StoredFile[]> {
  const [from, before] = withinLineage(lineage)
  let select = queries.selectFrom("files").selectAll().where("deleted_ms", "is", null).where("lineage", "<", before)
  select =
    after === undefined
      ? select.where("lineage", ">=", from)
      : select.where(sql<SqlBool>`(lineage, name) > (${after.lineage}, ${after.name})`)
  return select.orderBy("lineage").orderBy("name").limit(limit).execute()
}

/** Files of a job's destination, and those that it read. A job by content did nothing to any. */
async function jobFiles(
  queries: Queries,
  id: string,
  { after, limit }: { readonly after: FilePlace | undefined; readonly limit: number },
): Promise<readonly StoredFile[]> {
  const job = await queries
    .selectFrom("jobs")
    .select(["destination_id", "inputs"])
    .where("id", "=", id)
    .where("by_content", "=", 0)
    .executeTakeFirst()
  if (job === undefined) return []
  const read = [...new Set((JSON.parse(job.inputs) as { readonly file: string }[]).map(({ file }) => file))].slice(
    0,
    MOST_READ,
  )
  let select = queries
    .selectFrom("files")
    .selectAll()
    .where("deleted_ms", "is", null)
    .where(({ eb, or }) =>
      or([eb("place", "=", job.destination_id), ...(read.length === 0 ? [] : [eb("id", "in", read)])]),
    )
  if (after !== undefined) select = select.where(sql<SqlBool>`(lineage, name) > (${after.lineage}, ${after.name})`)
  return select.orderBy("lineage").orderBy("name").limit(limit).execute()
}

const MOST_READ = 500

function isEnd(data: JsonObject): boolean {
  return data["state"] === "complete" || data["state"] === "failed"
}

function isMove(data: JsonObject): boolean {
  const changed: JsonValue | undefined = data["changed"]
  return Array.isArray(changed) && changed.includes("parent")
}
