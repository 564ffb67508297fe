import assert from "node:assert/strict"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { sql } from "kysely"
import { openSqlite } from "./open-sqlite.ts"
import { sqliteSnapshot } from "./sqlite-snapshot.ts"

async function bench(context: TestContext, rows: number) {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-snapshot-"))
  const path = join(folder, "server.db")
  const database = await openSqlite(path, { steps: {} })
  context.after(async () => {
    await database.close()
    await rm(folder, { recursive: true })
  })
  await sql`create table "odd ""name" (i integer primary key, bytes blob)`.execute(database.read)
  await sql`
    with recursive n(i) as (select 1 union all select i + 1 from n where i < ${rows})
    insert into "odd ""name" select i, x'00ff' from n where ${rows} > 0
  `.execute(database.read)
  return { database, path }
}

const NAME = 'odd "name'

test("rows come a thousand at a time, all of them, whatever the table is called", async (context) => {
  for (const [count, pieces] of [
    [0, []],
    [1, [1]],
    [1000, [1000]],
    [2001, [1000, 1000, 1]],
  ] as const) {
    const { path } = await bench(context, count)
    const sizes = await sqliteSnapshot(path, async ({ rows }) => {
      const found = []
      for await (const some of rows(NAME)) found.push(some.length)
      return found
    })
    assert.deepEqual(sizes, pieces)
  }
})

test("what is written between two of its pieces is not seen, nor is the writer kept waiting", async (context) => {
  const { database, path } = await bench(context, 1500)
  const change = sql`delete from "odd ""name" where i > 10`
  const seen = await sqliteSnapshot(path, async ({ rows, sql: queries }) => {
    let count = 0
    for await (const some of rows(NAME)) {
      if (count === 0) await change.execute(database.read)
      count += some.length
    }
    const again = await sql<{ count: number }>`select count(*) as count from "odd ""name"`.execute(queries)
    return [count, again.rows[0]?.count]
  })
  assert.deepEqual(seen, [1500, 1500])
  const now = await sql<{ count: number }>`select count(*) as count from "odd ""name"`.execute(database.read)
  assert.equal(now.rows[0]?.count, 10)
})

test("bytes and numbers come as they lie there", async (context) => {
  const { path } = await bench(context, 1)
  await sqliteSnapshot(path, async ({ rows }) => {
    for await (const [row] of rows(NAME)) assert.deepEqual({ ...row }, { i: 1, bytes: Uint8Array.of(0, 255) })
  })
})

test("nothing is written by it", async (context) => {
  const { database, path } = await bench(context, 1)
  const write = sql`delete from "odd ""name"`
  await assert.rejects(
    sqliteSnapshot(path, ({ sql: queries }) => write.execute(queries)),
    { code: "DATABASE_FAILED", message: /readonly/ },
  )
  const left = await sql`select 1 from "odd ""name"`.execute(database.read)
  assert.equal(left.rows.length, 1)
})

test("what the work throws comes out as it is, and a table that there is not as the database's words", async (context) => {
  const { path } = await bench(context, 1)
  const own = new Error("mine")
  await assert.rejects(
    sqliteSnapshot(path, async () => {
      throw own
    }),
    own,
  )
  await assert.rejects(
    sqliteSnapshot(path, async ({ rows }) => {
      for await (const _ of rows("nothing"));
    }),
    { code: "DATABASE_FAILED", message: /no such table/ },
  )
})
