import { join } from "node:path"
import type { Database } from "../../packages/geartrain/src/server/database/database.ts"
import { openPostgres } from "../../packages/geartrain/src/server/database/postgres/open-postgres.ts"
import { openSqlite } from "../../packages/geartrain/src/server/database/sqlite/open-sqlite.ts"
import { waitForClaim } from "../../packages/geartrain/src/server/queue/claim/wait-for-claim.ts"
import { fillQueue } from "../../packages/geartrain/test/server/queue/fill-queue.ts"
import { type QueueBench, queueBench, runnerCaller } from "../../packages/geartrain/test/server/queue/queue-bench.ts"
import { POSTGRES_SKIP, startPostgres } from "../../packages/geartrain/test/server/temporary-postgres.ts"
import type { Measurement, Row } from "../bench.ts"

/** Jobs that wait while claims are measured; `GEARTRAIN_BENCH_JOBS` for fewer or more. */
const QUEUED = Number(process.env["GEARTRAIN_BENCH_JOBS"] ?? 100_000)
const CLAIMS = 500
const ORDERS = 30
/** What was promised. */
const PROMISED = { claimMs: 20, orderMs: 50 }

/** The queue alone, without HTTP: claims from a long one, and how soon an order reaches a runner that waits. */
export const serverQueue: Measurement = {
  name: "server-queue",
  measure: async (bench) => {
    const sqlite = await openSqlite(join(bench.folder, "queue.db"))
    const rows = await measureOn(sqlite, "SQLite")
    if (POSTGRES_SKIP !== false) return rows
    const server = await startPostgres()
    try {
      return [...rows, ...(await measureOn(await openPostgres(await server.makeDatabase()), "PostgreSQL"))]
    } finally {
      await server.stop()
    }
  },
}

async function measureOn(database: Database, name: string): Promise<readonly Row[]> {
  try {
    const queue = await queueBench(database)
    const runner = await queue.runner("one", { slots: 10_000 })
    const orderMs = await orders(queue, runner)
    await fillQueue(queue, { jobs: QUEUED, users: 100 })
    const claims: number[] = []
    for (let n = 0; n < CLAIMS; n++) {
      const beginMs = performance.now()
      const jobs = await queue.claim(runner)
      claims.push(performance.now() - beginMs)
      if (jobs.length !== 1) throw new Error("there was nothing to claim")
    }
    return [
      row(`${name}: from order to claim, nothing else to do, median`, at(orderMs, 0.5), PROMISED.orderMs),
      row(`${name}: a claim of ${QUEUED} jobs, median`, at(claims, 0.5), PROMISED.claimMs),
      row(`${name}: a claim of ${QUEUED} jobs, 99 of 100`, at(claims, 0.99), PROMISED.claimMs),
    ]
  } finally {
    await database.close()
  }
}

/** A runner waits, and an order comes. */
async function orders(queue: QueueBench, runner: string): Promise<readonly number[]> {
  const taken: number[] = []
  const ports = { ...queue.ports, now: Date.now }
  for (let n = 0; n < ORDERS; n++) {
    const asked = { runner, free: 1, waitMs: 30_000, signal: new AbortController().signal }
    const waiting = waitForClaim(ports, runnerCaller, asked)
    // Until it has looked, and waits to be woken.
    await new Promise((resolve) => setTimeout(resolve, 100))
    const beginMs = performance.now()
    await queue.submit("ada")
    const { jobs } = await waiting
    taken.push(performance.now() - beginMs)
    if (jobs.length !== 1) throw new Error("the order did not reach the runner")
  }
  return taken
}

function at(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN
}

function row(what: string, ours: number, theirs: number): Row {
  return { what, ours, against: "what was promised", theirs, unit: "ms", ratio: ours / theirs, limit: 1 }
}
