import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { type RawBuilder, sql } from "kysely"
import { postgresWords } from "../../../../test/server/database/postgres-words.ts"
import type { Queries } from "../database.ts"
import { openSqlite } from "../sqlite/open-sqlite.ts"
import { events } from "./0001-events.ts"
import { people } from "./0002-people.ts"
import { archive } from "./0003-archive.ts"
import { gears } from "./0004-gears.ts"
import { jobs } from "./0005-jobs.ts"
import { queue } from "./0005-queue.ts"
import { rules } from "./0006-rules.ts"
import { batch } from "./0007-batch.ts"
import { upkeep } from "./0008-upkeep.ts"
import { byContent } from "./0009-by-content.ts"
import { runnerRest } from "./0010-runner-rest.ts"
import { columnsOf } from "./columns.ts"
import { migrateDatabase } from "./migrate-database.ts"
import type { Step } from "./migration.ts"

/** A database in memory that has taken these steps, and no others. */
async function taken(context: TestContext, ...steps: readonly Step[]): Promise<Queries> {
  const database = await openSqlite(":memory:", { steps: numbered(steps) })
  context.after(() => database.close())
  return database.read
}

function numbered(steps: readonly Step[]): Readonly<Record<string, Step>> {
  return Object.fromEntries(steps.map((step, n) => [String(n).padStart(4, "0"), step]))
}

/** A row with these values, and "0" or 0 in every other column that has to have one. */
async function insert(queries: Queries, table: string, values: Readonly<Record<string, unknown>>): Promise<void> {
  const { rows } = await sql<{ name: string; type: string; notnull: number; pk: number }>`
    select name, type, "notnull", pk from pragma_table_info(${table})
  `.execute(queries)
  const row = rows.flatMap(({ name, type, notnull, pk }) => {
    if (Object.hasOwn(values, name)) return [[name, values[name]] as const]
    return notnull === 1 && pk === 0 ? [[name, type === "integer" ? 0 : "0"] as const] : []
  })
  const names = sql.join(row.map(([name]) => sql.ref(name)))
  const given = sql.join(row.map(([, value]) => value))
  await sql`insert into ${sql.table(table)} (${names}) values (${given})`.execute(queries)
}

async function only<Row>(query: RawBuilder<Row>, queries: Queries): Promise<readonly Row[]> {
  return (await query.execute(queries)).rows.map((row) => ({ ...row }))
}

const UNIQUE = /UNIQUE constraint failed/

test("a number of an event is never given twice, also when the last one was removed", async (context) => {
  const queries = await taken(context, events)
  for (const subject of ["1", "2"]) await insert(queries, "events", { subject })
  await sql`delete from events`.execute(queries)
  await insert(queries, "events", { subject: "3" })
  assert.deepEqual(await only(sql`select seq from events`, queries), [{ seq: 3 }])
})

test("a login or address is one user's, and any number have no address", async (context) => {
  const queries = await taken(context, people)
  await insert(queries, "users", { id: "1", login_key: "ada", email_key: null })
  await insert(queries, "users", { id: "2", login_key: "bob", email_key: null })
  await insert(queries, "users", { id: "3", login_key: "eve", email_key: "e@x" })
  await assert.rejects(insert(queries, "users", { id: "4", login_key: "ada", email_key: null }), UNIQUE)
  await assert.rejects(insert(queries, "users", { id: "4", login_key: "joe", email_key: "e@x" }), UNIQUE)
  await insert(queries, "project_members", { project: "p", user_id: "1", access_right: "read" })
  await assert.rejects(insert(queries, "project_members", { project: "p", user_id: "1", access_right: "run" }), UNIQUE)
})

test("a name in the archive is one thing's, until that lies in the trash; there any number have it", async (context) => {
  const queries = await taken(context, archive)
  const file = (id: string, deleted: number | null, place = "p") =>
    insert(queries, "files", { id, place, name: "a", deleted_ms: deleted })
  await file("1", null)
  await file("2", null, "elsewhere")
  await assert.rejects(file("3", null), UNIQUE)
  for (const id of ["4", "5"]) await file(id, 1)
  const place = (id: string, type: string, deleted: number | null = null) =>
    insert(queries, "places", { id, parent: "p", type, label: "a", deleted_ms: deleted })
  await place("1", "session")
  await place("2", "analysis")
  await assert.rejects(place("3", "session"), UNIQUE)
  for (const id of ["4", "5"]) await place(id, "session", 1)
  await insert(queries, "file_versions", { file: "1", version: 1 })
  await assert.rejects(insert(queries, "file_versions", { file: "1", version: 1 }), UNIQUE)
})

test("a version of a gear is one gear, but for those that another took the place of", async (context) => {
  const queries = await taken(context, gears)
  const gear = (id: string, superseded: number | null) =>
    insert(queries, "gears", { id, name: "n", version: "1", superseded_ms: superseded })
  for (const id of ["1", "2"]) await gear(id, 7)
  await gear("3", null)
  await assert.rejects(gear("4", null), UNIQUE)
})

test("lanes and runners are one each of their content", async (context) => {
  const queries = await taken(context, queue)
  const lane = (id: string, resources: string) => insert(queries, "lanes", { id, resources })
  await lane("1", "{}")
  await lane("2", '{"cpus":1}')
  await assert.rejects(lane("3", "{}"), UNIQUE)
  await insert(queries, "runners", { id: "1", principal: "a", name: "n" })
  await insert(queries, "runners", { id: "2", principal: "b", name: "n" })
  await assert.rejects(insert(queries, "runners", { id: "3", principal: "a", name: "n" }), UNIQUE)
})

test("a key is one job's of its owner, and of whoever started it; jobs without one are any number", async (context) => {
  const queries = await taken(context, gears, jobs)
  await insert(queries, "gears", { id: "0" })
  await insert(queries, "lanes", { id: "0" })
  const job = (id: string, owner: string, key: string | null, origin: string | null = null) =>
    insert(queries, "jobs", { id, owner, idempotency_key: key, origin_id: origin })
  for (const id of ["1", "2"]) await job(id, "ada", null, "rule")
  await job("3", "ada", "k")
  await job("4", "bob", "k", "rule")
  await assert.rejects(job("5", "ada", "k"), UNIQUE)
  // A rule whose owner has changed meanwhile.
  await assert.rejects(job("5", "eve", "k", "rule"), UNIQUE)
  await assert.rejects(insert(queries, "jobs", { id: "6", lane: "nothing" }), /FOREIGN KEY/)
  await assert.rejects(insert(queries, "job_tags", { tag: "t", job: "nothing" }), /FOREIGN KEY/)
})

test("a rule's name is free again when it is removed; what it decided once is decided once", async (context) => {
  const queries = await taken(context, rules)
  const rule = (id: string, deleted: number | null) =>
    insert(queries, "rules", { id, project: "p", name: "n", deleted_ms: deleted })
  for (const id of ["1", "2"]) await rule(id, 5)
  await rule("3", null)
  await assert.rejects(rule("4", null), UNIQUE)
  await insert(queries, "rule_decisions", { id: "1", slot: "s" })
  await assert.rejects(insert(queries, "rule_decisions", { id: "2", slot: "s" }), UNIQUE)
})

test("a try of a batch's target is one job", async (context) => {
  const queries = await taken(context, batch)
  const tried = (n: number, attempt: number) => insert(queries, "batch_jobs", { batch: "b", n, try: attempt })
  await tried(1, 1)
  await tried(1, 2)
  await tried(2, 1)
  await assert.rejects(tried(1, 2), UNIQUE)
})

test("what ended in some time is found in its order without looking at all attempts", async (context) => {
  const queries = await taken(context, gears, jobs, upkeep)
  const plan = sql<{ detail: string }>`
    explain query plan select job from attempts where ended_ms between 5 and 7 order by ended_ms, job, attempt
  `
  const [{ detail } = { detail: "" }, ...more] = await only(plan, queries)
  assert.match(detail, /^SEARCH attempts USING (COVERING )?INDEX attempts_by_end /)
  // Nothing is sorted.
  assert.deepEqual(more, [])
})

test("jobs and runners of an older server are none by content, and rest not", async (context) => {
  const before = [gears, jobs, upkeep]
  const database = await openSqlite(":memory:", { steps: numbered(before) })
  context.after(() => database.close())
  const { read } = database
  await insert(read, "gears", { id: "0" })
  await insert(read, "lanes", { id: "0" })
  await insert(read, "jobs", { id: "1" })
  await insert(read, "runners", { id: "1" })
  await migrateDatabase(read, "sqlite", numbered([...before, byContent, runnerRest]))
  assert.deepEqual(await only(sql`select id, by_content from jobs`, read), [{ id: "1", by_content: 0 }])
  const rest = await only(sql`select rest_until_ms, rest_why from runners`, read)
  assert.deepEqual(rest, [{ rest_until_ms: null, rest_why: null }])
})

test("on PostgreSQL every text is ordered by its bytes, and every number has room for a time in milliseconds", async () => {
  const { kysely, asked } = postgresWords()
  const columns = columnsOf("postgres")
  const all = [events, people, archive, gears, jobs, rules, batch, upkeep, byContent, runnerRest]
  for (const step of all) await step(kysely.schema as never, columns)
  const types = new Map<string, number>()
  // A name with a type behind it; constraints have names as well.
  const column = /"\w+" (?!primary|unique|foreign|add)(text collate "C"|\w+)/g
  for (const { sql: text } of asked.filter(({ sql: each }) => /^(create|alter) table/.test(each)))
    for (const [, type = ""] of text.matchAll(column)) types.set(type, (types.get(type) ?? 0) + 1)
  assert.deepEqual([...types.keys()].toSorted(), ["bigint", "bigserial", "bytea", 'text collate "C"'])
  // Events and the audit count by themselves.
  assert.equal(types.get("bigserial"), 2)
  assert.equal(types.get("bytea"), 1)
})
