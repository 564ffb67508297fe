import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { memoryQueue } from "../../../test/server/queue/memory-queue.ts"
import { held, runnerCaller } from "../../../test/server/queue/queue-bench.ts"
import { appendChunk } from "../queue/logs/append-chunk.ts"
import type { Database, Queries, TableRow } from "./database.ts"
import { lastEvent } from "./events/read-events.ts"
import { fillDatabase } from "./fill-database.ts"
import { openSqlite } from "./sqlite/open-sqlite.ts"

type Rows = readonly { readonly table: string; readonly row: TableRow }[]

async function open(context: TestContext): Promise<Database> {
  const database = await openSqlite(":memory:")
  context.after(() => database.close())
  return database
}

async function tablesOf({ read }: Database): Promise<readonly string[]> {
  const tables = await read.introspection.getTables()
  return tables.map(({ name }) => name).filter((name) => !name.startsWith("schema_"))
}

async function rowsOf(queries: Queries, tables: readonly string[]): Promise<Rows> {
  const all = []
  for (const table of tables) {
    const rows = await queries
      .selectFrom(table as "events")
      .selectAll()
      .execute()
    all.push(...rows.map((row) => ({ table, row: { ...row } as TableRow })))
  }
  return all
}

/** Rows lie in no order. */
function sorted(rows: Rows): Rows {
  return rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

async function fill(database: Database, rows: Rows, check: (queries: Queries, count: number) => Promise<void> = pass) {
  const given = async function* () {
    yield* rows
  }
  await fillDatabase(database, await tablesOf(database), { rows: given, check })
}

const pass = async (): Promise<void> => undefined

const event = (seq: number) => ({
  table: "events",
  row: { seq, at_ms: 1, kind: "made", project: null, subject: String(seq), by_user: null, data: "{}" },
})

test("a database is filled with what another one has, in whatever order of its tables that comes", async (context) => {
  const queue = await memoryQueue(context)
  const { database } = queue.ports
  const job = await queue.submit("ada")
  const runner = await queue.runner("one")
  await queue.claim(runner)
  const bytes = Uint8Array.of(0, 255, 10)
  await appendChunk(queue.ports, runnerCaller, { ...held(runner, { job, attempt: 1 }), n: 0, bytes })
  const tables = await tablesOf(database)
  const rows = await rowsOf(database.read, tables)
  assert.ok(new Set(rows.map(({ table }) => table)).size > 8)
  for (const order of [rows, rows.toReversed()]) {
    const other = await open(context)
    const counts: number[] = []
    await fill(other, order, async (queries, count) => {
      counts.push(count, (await rowsOf(queries, tables)).length)
    })
    assert.deepEqual(counts, [rows.length, rows.length])
    assert.deepEqual(sorted(await rowsOf(other.read, tables)), sorted(rows))
  }
})

test("a database that has rows already is not filled, and keeps them", async (context) => {
  const database = await open(context)
  await database.write((write) => write.event({ kind: "made", subject: "mine" }))
  await assert.rejects(fill(database, [event(7)]), { code: "DATABASE_NOT_EMPTY", message: /"events"/ })
  assert.equal(await lastEvent(database.read), 1)
})

test("a row that refers to nothing, does not fit or is there twice leaves the database empty", async (context) => {
  const database = await open(context)
  const lost = { table: "job_tags", row: { tag: "t", job: "nothing", created_ms: 1 } }
  const bad = [
    lost,
    event(1),
    { table: "events", row: { seq: 2, kind: "made" } },
    { table: "events", row: { ...event(2).row, unknown: 1 } },
    { table: "nothing", row: { a: 1 } },
  ]
  for (const row of bad) {
    await assert.rejects(fill(database, [event(1), row]), { code: "DATABASE_FAILED" }, JSON.stringify(row))
    assert.equal(await lastEvent(database.read), 0)
  }
})

test("what looks at all of it before the end can refuse it", async (context) => {
  const database = await open(context)
  const refusal = new Error("not what the backup says")
  const check = async (queries: Queries, count: number) => {
    assert.deepEqual([count, await lastEvent(queries)], [1, 4])
    throw refusal
  }
  await assert.rejects(fill(database, [event(4)], check), refusal)
  assert.equal(await lastEvent(database.read), 0)
})

test("numbers go on after those that came", async (context) => {
  const database = await open(context)
  await fill(database, [event(40)])
  await database.write((write) => write.event({ kind: "made", subject: "next" }))
  assert.equal(await lastEvent(database.read), 41)
})

test("more rows than one statement takes values are all there, and so are none", async (context) => {
  const database = await open(context)
  await fill(database, [])
  // Of seven columns: 4,285 rows have less than 30,000 values, and one row more has not.
  const rows = Array.from({ length: 2 * 4285 + 1 }, (_, n) => event(n + 1))
  await fill(database, rows, async (_, count) => assert.equal(count, rows.length))
  assert.equal(await lastEvent(database.read), rows.length)
})
