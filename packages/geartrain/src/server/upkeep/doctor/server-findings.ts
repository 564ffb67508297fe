import type { BlobStore } from "@geartrain/ports"
import { isGeartrainError } from "@geartrain/spec"
import { sql } from "kysely"
import { randomHex } from "../../../system/random.ts"
import type { Database, Queries } from "../../database/database.ts"
import type { Audit } from "../../people/audit/audit.ts"
import { type RestingRunner, readQueueState } from "../metrics/queue-state.ts"

/** One thing that was looked at. */
export interface Finding {
  /** What was looked at, such as `database`. */
  readonly check: string
  /** `bad` needs somebody now, `poor` soon. */
  readonly state: "good" | "poor" | "bad"
  /** What was found, as a sentence. */
  readonly says: string
  /** What to do about it. */
  readonly fix?: string
}

export interface DoctorPorts {
  readonly database: Database
  readonly blobs: BlobStore
  readonly audit: Pick<Audit, "flush">
  readonly now: () => number
  /** Free bytes where the server's data lie; undefined where that is on no disk of this machine. */
  readonly freeBytes: () => Promise<number | undefined>
  /** As users reach it. */
  readonly publicUrl: string | undefined
}

/** Below this a server that takes data has hours left at most. */
const LEAST_FREE_BYTES = 10 * 1024 ** 3
/** A queue that does not move for so long has a reason that somebody should know. */
const LONG_WAIT_MS = 60 * 60_000

/** Looks at all that a server needs, and tells each with what to do. Nothing is changed. */
export async function serverFindings(ports: DoctorPorts): Promise<readonly Finding[]> {
  const database = await databaseFinding(ports.database)
  const rest =
    database.state === "bad"
      ? []
      : [await auditFinding(ports.audit), ...(await queueFindings(ports)), await loginFinding(ports.database.read)]
  return [database, await blobFinding(ports.blobs), ...(await diskFinding(ports)), ...rest, addressFinding(ports)]
}

async function databaseFinding(database: Database): Promise<Finding> {
  try {
    const words =
      database.kind === "sqlite"
        ? sql<{ v: string }>`select sqlite_version() as v`
        : sql<{ v: string }>`show server_version`
    const { rows } = await words.execute(database.read)
    const version = Object.values(rows[0] ?? {})[0]
    const name = database.kind === "sqlite" ? "SQLite" : "PostgreSQL"
    return { check: "database", state: "good", says: `${name} ${version} answers` }
  } catch (error) {
    const fix = "Start the database, and look at its log; the server goes on by itself when it is back"
    return { check: "database", state: "bad", says: `The database does not answer: ${wordsOf(error)}`, fix }
  }
}

/** It is written to before anything that an admin does, so that a database which takes nothing shows here. */
async function auditFinding(audit: DoctorPorts["audit"]): Promise<Finding> {
  const check = "audit"
  try {
    await audit.flush()
    return { check, state: "good", says: "What is asked and answered can be noted" }
  } catch (error) {
    const hint = isGeartrainError(error) ? error.hint : undefined
    return {
      check,
      state: "bad",
      says: `Nothing can be noted: ${wordsOf(error)}. Until it can, nothing is changed, and hardly anything is answered but this`,
      fix: hint ?? "Look whether the database may be written, and into the log of the server",
    }
  }
}

/** Writes a few bytes, reads them and removes them again. */
async function blobFinding(blobs: BlobStore): Promise<Finding> {
  const check = "blob store"
  try {
    const bytes = Buffer.from(`geartrain doctor ${randomHex(16)}`)
    const { digest } = await blobs.put(only(bytes))
    const read: Uint8Array[] = []
    for await (const piece of blobs.get(digest)) read.push(piece)
    await blobs.remove?.(digest)
    if (!Buffer.concat(read).equals(bytes)) throw new Error("it gave other bytes than it was given")
    return { check, state: "good", says: "It keeps bytes and gives them back" }
  } catch (error) {
    const full = isGeartrainError(error, "STORE_FULL")
    const fix = full ? "Free some space, or purge the trash" : "Look at the disk or the bucket that the settings name"
    return { check, state: "bad", says: `The store of bytes fails: ${wordsOf(error)}`, fix }
  }
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function diskFinding(ports: DoctorPorts): Promise<readonly Finding[]> {
  const free = await ports.freeBytes()
  if (free === undefined) return []
  const says = `${(free / 1024 ** 3).toFixed(1)} GiB are free where the data lie`
  if (free >= LEAST_FREE_BYTES) return [{ check: "disk", state: "good", says }]
  return [
    { check: "disk", state: "poor", says, fix: "Free some space: gear store gc, or a shorter retention of the trash" },
  ]
}

async function queueFindings(ports: DoctorPorts): Promise<readonly Finding[]> {
  const state = await readQueueState(ports.database.read, ports.now())
  const { working, draining, resting } = state.runners
  const runners = `${working} runner${working === 1 ? "" : "s"} with ${state.slots} slots, ${draining} draining`
  const none = state.jobs.pending > 0 && working === 0
  const late = state.oldestPendingMs > LONG_WAIT_MS
  return [
    none
      ? {
          check: "runners",
          state: "bad",
          says: `${state.jobs.pending} jobs wait, and no runner takes jobs`,
          fix: "Start one: gear runner --server URL --token-file FILE; or take one out of draining",
        }
      : { check: "runners", state: working === 0 ? "poor" : "good", says: runners },
    ...restFindings(resting),
    {
      check: "queue",
      state: late ? "poor" : "good",
      says: `${state.jobs.pending} jobs wait, the first for ${Math.round(state.oldestPendingMs / 1000)} s; ${state.jobs.running} run`,
      ...(late ? { fix: "See what each of them waits for: gear jobs --server --state pending" } : {}),
    },
  ]
}

/** So many runners that rest are named. */
const MOST_RESTING = 5

/** A machine that fails what it is given needs somebody, though others do its jobs meanwhile. */
function restFindings(resting: readonly RestingRunner[]): readonly Finding[] {
  if (resting.length === 0) return []
  const named = resting
    .slice(0, MOST_RESTING)
    .map(({ name, leftMs, why }) => `${name} for ${Math.ceil(leftMs / 1000)} s more (${why})`)
  const more = resting.length > MOST_RESTING ? `, and ${resting.length - MOST_RESTING} more` : ""
  const isFull = resting.some(({ why }) => why === "DISK_FULL")
  return [
    {
      check: "resting runners",
      state: "poor",
      says: `Their machines failed jobs, so that they take none for a while: ${named.join(", ")}${more}`,
      fix: isFull
        ? "Make room on the disk of each: gear store gc there, or remove what else fills it"
        : "Run gear doctor on each of these machines, and look at the log of its runner",
    },
  ]
}

/** So many addresses are named that passwords are tried from. */
const MOST_ADDRESSES = 3

/** Who tries passwords is worth knowing, and from where. */
async function loginFinding(queries: Queries): Promise<Finding> {
  const { rows } = await sql<{ address: string | null; count: number }>`
    select address, count(*) as count
    from (select action, outcome, address from audit order by seq desc limit 10000) as recent
    where action = 'log-in' and outcome = 'refused'
    group by address order by count(*) desc, address
  `.execute(queries)
  const count = rows.reduce((sum, row) => sum + Number(row.count), 0)
  const most = rows.slice(0, MOST_ADDRESSES).map((row) => `${row.address ?? "nowhere"} (${Number(row.count)})`)
  const many = count > 100
  return {
    check: "logins",
    state: many ? "poor" : "good",
    says: `${count} of the last 10,000 entries of the audit are logins that were refused${many ? `, most from ${most.join(", ")}` : ""}`,
    ...(many
      ? {
          fix: "Keep addresses out that nobody of yours has, at the proxy or firewall; each try is in the audit: GET /api/v1/audit",
        }
      : {}),
  }
}

function addressFinding({ publicUrl }: DoctorPorts): Finding {
  const check = "address"
  if (publicUrl?.startsWith("https:")) return { check, state: "good", says: `Users reach it at ${publicUrl}` }
  const isLocal = publicUrl === undefined || /^http:\/\/(127(\.\d+){3}|localhost|\[::1\])(:\d+)?(\/|$)/.test(publicUrl)
  return isLocal
    ? { check, state: "good", says: "It is reached on this machine only" }
    : {
        check,
        state: "poor",
        says: `Passwords and data go to ${publicUrl} unencrypted`,
        fix: "Put a proxy with TLS before it, and set its https address as public URL",
      }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
