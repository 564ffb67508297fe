import assert from "node:assert/strict"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { type TestContext, test } from "node:test"
import { Kysely, sql } from "kysely"
import { sqliteDialect } from "../sqlite/sqlite-dialect.ts"
import type { DatabaseTables } from "../tables/database-tables.ts"
import { STEPS } from "./all-steps.ts"
import { migrateDatabase } from "./migrate-database.ts"
import type { Step } from "./migration.ts"
import { takenSteps } from "./taken-steps.ts"

/** A database, and connections to it. */
async function bench(context: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-steps-"))
  const opened: Kysely<DatabaseTables>[] = []
  context.after(async () => {
    for (const each of opened) await each.destroy()
    await rm(folder, { recursive: true })
  })
  return (): Kysely<DatabaseTables> => {
    const own = new DatabaseSync(join(folder, "server.db"))
    own.exec("PRAGMA busy_timeout = 5000; PRAGMA synchronous = OFF")
    const kysely = new Kysely<DatabaseTables>({ dialect: sqliteDialect(own) })
    opened.push(kysely)
    return kysely
  }
}

async function tables(kysely: Kysely<DatabaseTables>) {
  const found = await kysely.introspection.getTables()
  return found.map(({ name, columns }) => [name, columns.map((column) => column.name)])
}

const table =
  (name: string): Step =>
  (schema, { text }) =>
    schema.createTable(name).addColumn("id", text).execute()

test("from any earlier version one comes to the present schema, and the same again changes nothing", async (context) => {
  const open = await bench(context)
  const stepwise = open()
  const entries = Object.entries(STEPS)
  for (let count = 0; count <= entries.length; count++) {
    await migrateDatabase(stepwise, "sqlite", Object.fromEntries(entries.slice(0, count)))
    assert.deepEqual(
      await takenSteps(stepwise),
      entries.slice(0, count).map(([name]) => name),
    )
  }
  const other = await bench(context)
  const atOnce = other()
  await migrateDatabase(atOnce, "sqlite")
  assert.deepEqual(await tables(stepwise), await tables(atOnce))
  await migrateDatabase(atOnce, "sqlite")
  assert.deepEqual(await tables(atOnce), await tables(stepwise))
})

test("what a newer program has changed is refused by its first unknown step, and left as it is", async (context) => {
  const open = await bench(context)
  const kysely = open()
  const newer = { "0001-a": table("a"), "0002-b": table("b"), "0003-c": table("c") }
  await migrateDatabase(kysely, "sqlite", newer)
  const before = await tables(kysely)
  for (const steps of [{ "0001-a": table("a") }, { "0001-a": table("a"), "0004-d": table("d") }])
    await assert.rejects(migrateDatabase(kysely, "sqlite", steps), {
      code: "DATABASE_TOO_NEW",
      message: /"0002-b"/,
      details: { unknown: ["0002-b", "0003-c"] },
    })
  // Also by who only wants to read it.
  await assert.rejects(migrateDatabase(kysely, "sqlite", "as it is"), { code: "DATABASE_TOO_NEW" })
  assert.deepEqual(await tables(kysely), before)
})

test("as it is: an older or empty database is left so", async (context) => {
  const open = await bench(context)
  const kysely = open()
  await migrateDatabase(kysely, "sqlite", "as it is")
  assert.deepEqual(await tables(kysely), [])
  const [first] = Object.entries(STEPS)
  await migrateDatabase(kysely, "sqlite", Object.fromEntries([first ?? assert.fail()]))
  const before = await tables(kysely)
  await migrateDatabase(kysely, "sqlite", "as it is")
  assert.deepEqual(await tables(kysely), before)
})

test("a step that fails says why, leaves nothing of itself, and can be taken again", async (context) => {
  const open = await bench(context)
  const kysely = open()
  const full = new Error("the disk is full")
  let isFull = true
  const halfway: Step = async (schema, columns) => {
    await table("half")(schema, columns)
    if (isFull) throw full
  }
  const steps = { "0001-a": table("a"), "0002-b": halfway }
  await assert.rejects(migrateDatabase(kysely, "sqlite", steps), full)
  const names = (await tables(kysely)).map(([name]) => name)
  assert.ok(!names.includes("half"), String(names))
  isFull = false
  await migrateDatabase(kysely, "sqlite", steps)
  assert.deepEqual(await takenSteps(kysely), ["0001-a", "0002-b"])
})

test("a server waits for another one that is taking the steps, and takes those that are left", async (context) => {
  const open = await bench(context)
  const [one, other] = [open(), open()]
  const taken: string[] = []
  const noted =
    (name: string): Step =>
    async (schema, columns) => {
      taken.push(name)
      await table(name)(schema, columns)
    }
  // While the first one has not ended, the second one may neither read half of it nor write.
  const meanwhile: Step = async (schema, columns) => {
    await noted("b")(schema, columns)
    await sql`pragma busy_timeout = 0`.execute(other)
    await assert.rejects(migrateDatabase(other, "sqlite", steps), /locked/)
    assert.deepEqual(await takenSteps(other), [])
  }
  const steps: Readonly<Record<string, Step>> = { "0001-a": noted("a"), "0002-b": meanwhile }
  await migrateDatabase(one, "sqlite", steps)
  await migrateDatabase(other, "sqlite", { ...steps, "0003-c": noted("c") })
  assert.deepEqual(taken, ["a", "b", "c"])
})
