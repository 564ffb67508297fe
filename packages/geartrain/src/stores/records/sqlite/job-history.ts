import type { JobFigures, JobHistory } from "@geartrain/ports"
import type { InvocationDigest, JobRecord } from "@geartrain/spec"
import type { Database } from "./database.ts"
import { decodeDocument } from "./document.ts"
import { recordsDamaged } from "./sqlite-error.ts"

/** What was done before, in SQLite. */
export function jobHistory(database: Database): JobHistory {
  return {
    standing: (invocations) => lastOfEach(database, invocations, { statement: STANDING, parameters: [] }),
    failed: (invocations, exitCodes) =>
      lastOfEach(database, invocations, { statement: FAILED, parameters: [JSON.stringify(exitCodes)] }),
    newest: async (gearName, most) => {
      const rows = await database.read((connection) => connection.prepare(NEWEST).all(gearName, most))
      return (rows ?? []).map(readRecord)
    },
    figures: async (gearName, most) => {
      const rows = await database.read((connection) => connection.prepare(FIGURES).all(gearName, most))
      return (rows ?? []).map(readFigures)
    },
  }
}

/** Other work of this process goes on in between. */
const AT_ONCE = 2000

const STANDING = lastWhere("state = 'complete'")
const FAILED = lastWhere("state = 'failed' AND exit_code IN (SELECT value FROM json_each(?2))")
const OF_GEAR =
  "WHERE gear_name = ? AND state = 'complete' AND stands_for IS NOT NULL ORDER BY created DESC, jobs.id DESC LIMIT ?"
const NEWEST = `
  SELECT jobs.id, stands_for, document, job_documents.checksum FROM jobs JOIN job_documents ON job = jobs.id ${OF_GEAR}`
const FIGURES = `SELECT wall_ms, output_bytes, peak_memory_bytes FROM jobs ${OF_GEAR}`

function lastWhere(condition: string): string {
  return `
  SELECT jobs.id, stands_for, document, job_documents.checksum
  FROM json_each(?1) AS wanted
  JOIN jobs ON jobs.id = (
    SELECT id FROM jobs WHERE stands_for = wanted.value AND ${condition} ORDER BY ended DESC, id DESC LIMIT 1
  )
  JOIN job_documents ON job = jobs.id`
}

async function lastOfEach(
  database: Database,
  invocations: readonly InvocationDigest[],
  { statement, parameters }: { readonly statement: string; readonly parameters: readonly string[] },
): Promise<ReadonlyMap<InvocationDigest, JobRecord>> {
  const found = new Map<InvocationDigest, JobRecord>()
  for (let start = 0; start < invocations.length; start += AT_ONCE) {
    const asked = JSON.stringify(invocations.slice(start, start + AT_ONCE))
    const rows = await database.read((connection) => connection.prepare(statement).all(asked, ...parameters))
    for (const job of (rows ?? []).map(readRecord)) found.set(job.invocationDigest, job)
  }
  return found
}

function readRecord(row: Readonly<Record<string, unknown>>): JobRecord {
  const what = `job "${row["id"]}"`
  const record = decodeDocument<JobRecord>({ text: row["document"], checksum: row["checksum"] }, what)
  // A row that names another invocation than its record would pass its outputs off as those of another job.
  const isOwn = record.id === row["id"] && record.invocationDigest === row["stands_for"]
  if (!isOwn) throw recordsDamaged(`read ${what}`, "its row differs from its record")
  return record
}

function readFigures(row: Readonly<Record<string, unknown>>): JobFigures {
  const { wall_ms, output_bytes, peak_memory_bytes } = row
  return {
    ...(typeof wall_ms === "number" ? { wallMs: wall_ms } : {}),
    outputBytes: typeof output_bytes === "number" ? output_bytes : 0,
    ...(typeof peak_memory_bytes === "number" ? { peakMemoryBytes: peak_memory_bytes } : {}),
  }
}
