import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { sql } from "kysely"
import { BLOB_COLUMNS, namedDigests } from "./blob-columns.ts"
import { STEPS } from "./migrations/all-steps.ts"
import { openSqlite } from "./sqlite/open-sqlite.ts"

async function open(context: TestContext, steps?: number) {
  const older = Object.fromEntries(Object.entries(STEPS).slice(0, steps))
  const database = await openSqlite(":memory:", { steps: older })
  context.after(() => database.close())
  return database
}

async function all(digests: AsyncIterable<string>): Promise<readonly string[]> {
  const found = []
  for await (const digest of digests) found.push(digest)
  return found
}

/** Versions of files with the digests `first` and after, as texts of six digits. */
function versions(first: number, count: number) {
  return sql`
    with recursive n(i) as (select ${first} union all select i + 1 from n where i < ${first + count - 1})
    insert into file_versions (file, version, digest, size_bytes, created_ms, created_by, origin)
    select 'f' || i, 1, printf('%06d', i), 0, 0, '', 'user' from n
  `
}

const gear = (digest: string) => sql`
  insert into gears values (${digest}, ${digest}, '1', '', '', '{}', '', '', ${digest}, 0, 'enabled', 1, 1, null, 0, '')
`

test("each digest comes once, in whatever tables and rows it is named", async (context) => {
  const { read } = await open(context)
  assert.deepEqual(await all(namedDigests(read)), [])
  await versions(1, 3).execute(read)
  await sql`insert into file_versions select file, 2, digest, 0, 0, '', 'user', null from file_versions`.execute(read)
  for (const digest of ["000002", "000009"]) await gear(digest).execute(read)
  assert.deepEqual(await all(namedDigests(read)), ["000001", "000002", "000003", "000009"])
  assert.deepEqual(await all(namedDigests(read, [{ table: "gears", column: "image_digest" }])), ["000002", "000009"])
})

test("none is lost where one page of them ends and the next begins", async (context) => {
  const { read } = await open(context)
  await versions(1, 4999).execute(read)
  for (const [first, count] of [
    [5000, 1],
    [5001, 1],
    [5002, 5000],
  ] as const) {
    await versions(first, count).execute(read)
    const found = await all(namedDigests(read))
    assert.equal(found.length, first + count - 1)
    assert.equal(found.at(-1), String(first + count - 1).padStart(6, "0"))
  }
})

test("a database of an older server names what it has columns for", async (context) => {
  assert.deepEqual(await all(namedDigests((await open(context, 0)).read)), [])
  const { read } = await open(context, 3)
  await versions(1, 1).execute(read)
  assert.deepEqual(await all(namedDigests(read)), ["000001"])
  const unknown = [...BLOB_COLUMNS, { table: "file_versions", column: "later" }]
  assert.deepEqual(await all(namedDigests(read, unknown)), ["000001"])
})

test("all columns that are said to name bytes are there", async (context) => {
  const { read } = await open(context)
  const tables = await read.introspection.getTables()
  for (const { table, column } of BLOB_COLUMNS) {
    const found = tables.find(({ name }) => name === table)
    assert.ok(
      found?.columns.some(({ name }) => name === column),
      `${table}.${column}`,
    )
  }
})
