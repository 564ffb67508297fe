import type { CollectedThings, CollectionGuard, JobOwner, Referenced } from "@geartrain/ports"
import type { Digest, GearId, JobId, TreeDigest } from "@geartrain/spec"
import { nowMs } from "../../../system/clock.ts"
import { lifeOf } from "../../../system/host.ts"
import type { Connection } from "./connection.ts"
import type { Database } from "./database.ts"
import { markFreed, markStored } from "./freed-blobs.ts"

/**
 * A file's time may be behind the clock by a tick of the kernel, and on another machine's disk by more. Garbage that is so young is left for
 * the next collection.
 */
const CLOCK_MARGIN_MS = 60_000

/** Of a process on another machine, or in a container, nobody can tell whether it is dead. After so long, it is. */
const MOST_LEASE_MS = 7 * 24 * 60 * 60 * 1000

/** Leases in SQLite. A collection is one write transaction, so nothing is recorded while it lasts. */
export function collectionGuard(database: Database): CollectionGuard {
  return {
    startWriting: async (owner) => {
      // A lease need not outlive the machine's power: its process would not either.
      const number = await database.writeProgress((connection) => insertLease(connection, owner))
      const end = async (): Promise<void> => {
        await database.writeProgress((connection) =>
          connection.prepare("DELETE FROM write_leases WHERE number = ?").run(number),
        )
      }
      return { end }
    },
    collect: (remove, about) =>
      database.writeSlowly(async (connection) => {
        for (const { number, lives } of leases(connection)) {
          if (!lives) connection.prepare("DELETE FROM write_leases WHERE number = ?").run(number)
        }
        const known = about === undefined ? referenced(connection) : referencedOf(connection, about)
        const { freed, stored } = await remove(known)
        markStored(connection, stored)
        markFreed(connection, freed)
      }),
    referenced: async () => (await database.read(referenced)) ?? NOTHING,
  }
}

const NOTHING: Referenced = {
  blobs: new Set(),
  roots: new Set(),
  spareSinceMs: Number.POSITIVE_INFINITY,
  busy: new Set(),
  freed: new Set(),
  jobs: new Set(),
  gears: new Set(),
}

function insertLease(connection: Connection, owner: JobOwner): number | bigint {
  const insert = "INSERT INTO write_leases (pid, start_time, host, since_ms) VALUES (?, ?, ?, ?)"
  return connection.prepare(insert).run(owner.pid, owner.startTime, owner.host, nowMs()).lastInsertRowid
}

interface Lease {
  readonly number: number
  readonly sinceMs: number
  readonly lives: boolean
}

function leases(connection: Connection): readonly Lease[] {
  const rows = connection.prepare("SELECT number, pid, start_time, host, since_ms FROM write_leases").all()
  return rows.map((row) => {
    const sinceMs = Number(row["since_ms"])
    const life = lifeOf({ pid: Number(row["pid"]), startTime: String(row["start_time"]), host: String(row["host"]) })
    return {
      number: Number(row["number"]),
      sinceMs,
      lives: life === "alive" || (life === "unknown" && nowMs() - sinceMs < MOST_LEASE_MS),
    }
  })
}

function referenced(connection: Connection): Referenced {
  const column = <Value extends string>(sql: string): ReadonlySet<Value> =>
    new Set(
      connection
        .prepare(sql)
        .all()
        .map((row) => Object.values(row)[0] as Value),
    )
  return {
    blobs: column<Digest>("SELECT DISTINCT blob FROM job_blobs"),
    roots: column<TreeDigest>(ROOTS),
    spareSinceMs: spareSince(connection),
    busy: column<Digest>(BUSY),
    freed: column<Digest>("SELECT blob FROM freed_blobs"),
    jobs: column<JobId>("SELECT id FROM jobs"),
    gears: column<GearId>("SELECT id FROM gears"),
  }
}

/** The same of what is asked about alone, each by an index. Roots are nobody's business then. */
function referencedOf(connection: Connection, about: CollectedThings): Referenced {
  const those = <Value extends string>(values: readonly Value[], sql: string): ReadonlySet<Value> => {
    const asked = connection.prepare(sql)
    return new Set(values.filter((value) => asked.get(value) !== undefined))
  }
  return {
    blobs: those(about.blobs, "SELECT 1 FROM job_blobs WHERE blob = ? LIMIT 1"),
    roots: NOTHING.roots,
    spareSinceMs: spareSince(connection),
    busy: those(about.blobs, `${BUSY} AND blob = ? LIMIT 1`),
    freed: those(about.blobs, "SELECT 1 FROM freed_blobs WHERE blob = ?"),
    jobs: those(about.jobs, "SELECT 1 FROM jobs WHERE id = ?"),
    gears: those(about.gears, "SELECT 1 FROM gears WHERE id = ?"),
  }
}

function spareSince(connection: Connection): number {
  const sinces = leases(connection)
    .filter((lease) => lease.lives)
    .map((lease) => lease.sinceMs)
  return Math.min(Number.POSITIVE_INFINITY, ...sinces) - CLOCK_MARGIN_MS
}

const BUSY = "SELECT DISTINCT blob FROM job_blobs JOIN jobs ON jobs.id = job WHERE state IN ('pending', 'running')"
const ROOTS = "SELECT tree FROM gears UNION SELECT tree FROM jobs WHERE state IN ('pending', 'running')"
