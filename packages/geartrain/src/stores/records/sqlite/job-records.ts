import type { JobOwner, JobStore } from "@geartrain/ports"
import {
  type Digest,
  GeartrainError,
  isEnded,
  JOB_TRANSITIONS,
  type JobId,
  type JobRecord,
  type JobState,
  namedBlobs,
  type Verification,
} from "@geartrain/spec"
import type { Connection } from "./connection.ts"
import type { Database } from "./database.ts"
import { decodeDocument, encodeDocument } from "./document.ts"
import { listFreed, markStored, withFreed, withoutFreed } from "./freed-blobs.ts"
import { CHANGING_COLUMNS, readSummary, SUMMARY_COLUMNS, summaryQuery, summaryRow } from "./job-summary.ts"
import { recordsDamaged } from "./sqlite-error.ts"

/** Jobs in SQLite. */
export function jobRecords(database: Database): JobStore {
  const writerFor = ({ state }: JobRecord): Database["write"] =>
    isEnded(state) ? database.write : database.writeProgress
  return {
    create: (record, owner) => writerFor(record)((connection) => create(connection, record, owner)),
    update: async (record, from) => {
      refuseTransition(from, record.state)
      return writerFor(record)((connection) => update(connection, record, from))
    },
    get: async (id) => (await database.read((connection) => readJob(connection, id))) ?? undefined,
    find: async (prefix) => (await database.read((connection) => find(connection, prefix))) ?? [],
    list: async (query) => {
      const { sql, parameters } = summaryQuery(query)
      const rows = await database.read((connection) => connection.prepare(sql).all(...parameters))
      return (rows ?? []).map(readSummary)
    },
    naming: async (blob) => (await database.read((connection) => naming(connection, blob))) ?? [],
    owner: async (id) => (await database.read((connection) => readOwner(connection, id))) ?? undefined,
    addVerification: (id, verification) =>
      database.write((connection) => addVerification(connection, id, verification)),
    listFreed: async () => (await database.read((connection) => listFreed(connection))) ?? [],
    markStored: (blobs) => database.write((connection) => markStored(connection, blobs)),
    remove: (id) => database.write((connection) => remove(connection, id)),
  }
}

/** Digits of an id that are too few to be meant for one. */
const LEAST_DIGITS = 4

const INSERT_JOB = insertInto("jobs", [...SUMMARY_COLUMNS, "owner", "owner_checksum"])
/** A column that is set is written to its indexes again, even when it is what it was. */
const WITHIN_STATE = CHANGING_COLUMNS.filter((column) => column !== "state")
const GET_STATE = "SELECT state FROM jobs WHERE id = ?"
/** In its place: one that is replaced would move, and its index with it. */
const PUT_DOCUMENT = `INSERT INTO job_documents (job, document, checksum) VALUES (?, ?, ?)
  ON CONFLICT (job) DO UPDATE SET document = excluded.document, checksum = excluded.checksum`
const GET_JOB = "SELECT document, checksum FROM job_documents WHERE job = ?"
const GET_VERIFICATIONS = "SELECT document, checksum FROM verifications WHERE job = ? ORDER BY number"

function create(connection: Connection, record: JobRecord, owner: JobOwner): void {
  if (stateOf(connection, record.id) !== undefined) {
    throw new GeartrainError("JOB_EXISTS", `Cannot record job "${record.id}": a job with this id is recorded already`, {
      details: { id: record.id },
    })
  }
  const { text, checksum } = encodeDocument({ pid: owner.pid, startTime: owner.startTime, host: owner.host })
  connection.prepare(INSERT_JOB).run({ ...summaryRow(record), owner: text, owner_checksum: checksum })
  putDocument(connection, record)
  for (const verification of record.history) putVerification(connection, record.id, verification)
}

function update(connection: Connection, record: JobRecord, from: JobState): boolean {
  const row = summaryRow(record)
  const columns = record.state === from ? WITHIN_STATE : CHANGING_COLUMNS
  const sql = `UPDATE jobs SET ${columns.map((column) => `${column} = ?`).join(", ")} WHERE id = ? AND state = ?`
  const { changes } = connection.prepare(sql).run(...columns.map((column) => row[column]), record.id, from)
  if (changes !== 1) return false
  putDocument(connection, record)
  if (isEnded(record.state) && record.forVerification !== true) {
    markStored(
      connection,
      record.outputs.map(({ digest }) => digest),
    )
  }
  return true
}

/** A running job may change without ending: its phase does. What has ended never changes again. */
function refuseTransition(from: JobState, to: JobState): void {
  if (JOB_TRANSITIONS[from].includes(to) || (from === to && !isEnded(from))) return
  throw new RangeError(`No job goes from "${from}" to "${to}"`)
}

function putDocument(connection: Connection, record: JobRecord): void {
  // The history has rows of its own, which others may add to at any time.
  const { text, checksum } = encodeDocument({ ...withoutFreed(record), history: [] })
  connection.prepare(PUT_DOCUMENT).run(record.id, text, checksum)
  const { made, used } = namedBlobs(record)
  const named = new Set<string>([...made, ...used])
  for (const row of connection.prepare("SELECT blob FROM job_blobs WHERE job = ?").all(record.id)) {
    const blob = String(row["blob"])
    // What was named before stays as it is: writing it again would be most of the work.
    if (!named.delete(blob)) connection.prepare("DELETE FROM job_blobs WHERE job = ? AND blob = ?").run(record.id, blob)
  }
  const insert = connection.prepare("INSERT INTO job_blobs (job, blob) VALUES (?, ?)")
  for (const blob of named) insert.run(record.id, blob)
}

function addVerification(connection: Connection, id: JobId, verification: Verification): void {
  if (stateOf(connection, id) === undefined) {
    throw new GeartrainError("JOB_NOT_FOUND", `Cannot add to the history of job "${id}": it is not recorded`, {
      details: { id },
      hint: "List all jobs: gear jobs",
    })
  }
  putVerification(connection, id, verification)
}

function putVerification(connection: Connection, id: JobId, verification: Verification): void {
  const { text, checksum } = encodeDocument(verification)
  connection.prepare("INSERT INTO verifications (job, document, checksum) VALUES (?, ?, ?)").run(id, text, checksum)
}

/** Reads a whole record. The caller holds the connection. */
export function readJob(connection: Connection, id: JobId): JobRecord | undefined {
  const row = connection.prepare(GET_JOB).get(id)
  if (row === undefined) return undefined
  const record = decodeDocument<JobRecord>({ text: row["document"], checksum: row["checksum"] }, `job "${id}"`)
  if (record.id !== id) throw recordsDamaged(`read job "${id}"`, "its record is that of another job")
  const history = connection
    .prepare(GET_VERIFICATIONS)
    .all(id)
    .map(({ document, checksum }) =>
      decodeDocument<Verification>({ text: document, checksum }, `history of job "${id}"`),
    )
  return withFreed(connection, { ...record, history })
}

function find(connection: Connection, prefix: string): readonly JobId[] {
  if (prefix.length < LEAST_DIGITS || !/^[0-9a-f]+$/.test(prefix)) return []
  const rows = connection
    .prepare("SELECT id FROM jobs WHERE id >= ? AND id < ? ORDER BY id LIMIT 2")
    .all(prefix, `${prefix}g`)
  return rows.map((row) => String(row["id"]))
}

/** Ids of equal times come in the order of the ids, so that the answer is always the same. */
function naming(connection: Connection, blob: Digest): readonly JobId[] {
  const rows = connection
    .prepare("SELECT jobs.id FROM job_blobs JOIN jobs ON jobs.id = job WHERE blob = ? ORDER BY created, jobs.id")
    .all(blob)
  return rows.map((row) => String(row["id"]))
}

/** Reads who runs a job. The caller holds the connection. */
export function readOwner(connection: Connection, id: JobId): JobOwner | undefined {
  const row = connection.prepare("SELECT owner, owner_checksum FROM jobs WHERE id = ?").get(id)
  if (row === undefined) return undefined
  return decodeDocument({ text: row["owner"], checksum: row["owner_checksum"] }, `owner of job "${id}"`)
}

function remove(connection: Connection, id: JobId): void {
  const state = stateOf(connection, id)
  if (state === undefined) return
  if (!isEnded(state)) {
    throw new GeartrainError("JOB_NOT_ENDED", `Cannot remove job "${id}": it is ${state}`, {
      details: { id, state },
      hint: `Stop it first: gear cancel ${id}`,
    })
  }
  connection.prepare("DELETE FROM jobs WHERE id = ?").run(id)
}

function stateOf(connection: Connection, id: JobId): JobState | undefined {
  return connection.prepare(GET_STATE).get(id)?.["state"] as JobState | undefined
}

function insertInto(table: string, columns: readonly string[]): string {
  return `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map((column) => `:${column}`).join(", ")})`
}
