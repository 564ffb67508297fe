import { isGeartrainError, namedBlobs } from "@geartrain/spec"
import type { Connection } from "./connection.ts"
import { listFreed } from "./freed-blobs.ts"
import { readGear, readReference } from "./gear-records.ts"
import { readJob, readOwner } from "./job-records.ts"
import { SUMMARY_COLUMNS, summaryRow } from "./job-summary.ts"

/** Reads the whole database, and answers what is damaged: one sentence each. */
export function checkRecords(connection: Connection): readonly string[] {
  // What SQLite finds makes everything else doubtful.
  const structure = checkStructure(connection)
  if (structure.length > 0) return structure
  return [
    ...checkGears(connection),
    ...checkReferences(connection),
    ...checkJobs(connection),
    ...checkFreed(connection),
  ]
}

function checkStructure(connection: Connection): readonly string[] {
  const { database } = connection
  const found = database
    .prepare("PRAGMA integrity_check")
    .all()
    .map((row) => String(row["integrity_check"]))
  const broken = found.filter((line) => line !== "ok").map((line) => `The database of records is damaged: ${line}`)
  const loose = database.prepare("PRAGMA foreign_key_check").all()
  return [
    ...broken,
    ...loose.map((row) => `The database of records is damaged: a row of ${row["table"]} belongs to nothing`),
  ]
}

function checkGears(connection: Connection): readonly string[] {
  return connection
    .prepare("SELECT id, tree, document, checksum FROM gears")
    .all()
    .flatMap((row) =>
      telling(() => {
        const gear = readGear(row)
        return gear.tree === row["tree"] ? [] : [`Gear "${gear.id}" has a damaged row: its column tree differs`]
      }),
    )
}

function checkReferences(connection: Connection): readonly string[] {
  const rows = connection.prepare("SELECT reference, gear, since, checksum FROM gear_references").all()
  return rows.flatMap((row) =>
    telling(() => {
      readReference(row)
      return []
    }),
  )
}

function checkJobs(connection: Connection): readonly string[] {
  const found: string[] = []
  const rows = connection.prepare(`SELECT ${SUMMARY_COLUMNS.join(", ")} FROM jobs`).all()
  for (const row of rows) {
    const id = String(row["id"])
    found.push(
      ...telling(() => {
        readOwner(connection, id)
        const record = readJob(connection, id)
        if (record === undefined) return [`Job "${id}" has lost its record`]
        const expected = summaryRow(record)
        const wrong = SUMMARY_COLUMNS.filter((column) => row[column] !== expected[column])
        const { made, used } = namedBlobs(record)
        const named = [...new Set([...made, ...used])].toSorted().join()
        const blobs = connection.prepare("SELECT blob FROM job_blobs WHERE job = ? ORDER BY blob").all(id)
        return [
          ...wrong.map((column) => `Job "${id}" has a damaged row: its column ${column} differs from its record`),
          ...(blobs.map((blob) => blob["blob"]).join() === named ? [] : [`Job "${id}" has a damaged list of blobs`]),
        ]
      }),
    )
  }
  return found
}

function checkFreed(connection: Connection): readonly string[] {
  return telling(() => {
    listFreed(connection, { all: true })
    return []
  })
}

/** Turns the error of something damaged into a sentence. */
function telling(check: () => readonly string[]): readonly string[] {
  try {
    return check()
  } catch (error) {
    if (!isGeartrainError(error, "STORE_DAMAGED")) throw error
    return [error.message]
  }
}
