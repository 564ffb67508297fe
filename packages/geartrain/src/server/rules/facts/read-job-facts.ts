import type { Queries } from "../../database/database.ts"
import type { FileFacts, JobFacts } from "../evaluate/rule-facts.ts"

/** Jobs of these gears that ended at the files' places, or read one of the files; the newest of them, the oldest first. */
export async function readJobFacts(
  queries: Queries,
  { files, gears }: { readonly files: readonly FileFacts[]; readonly gears: readonly string[] },
): Promise<readonly JobFacts[]> {
  if (gears.length === 0) return []
  const places = [...new Set(files.map(({ place }) => place))].slice(0, MOST_NAMED)
  const digests = [...new Set(files.map(({ digest }) => digest))].slice(0, MOST_NAMED)
  const rows = await queries
    .selectFrom("jobs")
    .select(["id", "gear_name", "gear_version", "state", "destination_id", "inputs"])
    .where("gear_name", "in", gears)
    .where("state", "in", ["complete", "failed"])
    // One by content did nothing to any place.
    .where("by_content", "=", 0)
    .where(({ eb, or, selectFrom }) =>
      or([
        eb("destination_id", "in", places),
        eb("id", "in", selectFrom("job_blobs").select("job").where("is", "=", "input").where("digest", "in", digests)),
      ]),
    )
    .orderBy("created_ms", "desc")
    .orderBy("id", "desc")
    .limit(MOST_JOBS)
    .execute()
  return rows.toReversed().map((row) => ({
    id: row.id,
    gear: row.gear_name,
    version: row.gear_version,
    state: row.state === "complete" ? "complete" : "failed",
    destination: row.destination_id,
    inputs: (JSON.parse(row.inputs) as { readonly file: string }[]).map(({ file }) => file),
  }))
}

const MOST_NAMED = 500
const MOST_JOBS = 500
