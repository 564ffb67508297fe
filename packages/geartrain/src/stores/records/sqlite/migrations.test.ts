import assert from "node:assert/strict"
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { test } from "node:test"
import { opened } from "../../../../test/stores/records/opened-records.ts"
import { job, OWNER } from "../../../../test/stores/records/sample-records.ts"
import { MIGRATIONS } from "./migrations.ts"

test("the schema is the one that schema.sql shows", async (context) => {
  const { folder, records } = await opened(context)
  await records.jobs.create(job(1), OWNER)
  await records.close()
  const database = new DatabaseSync(join(folder, "records.db"))
  const statements = database.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid").all()
  database.close()
  const found = `PRAGMA user_version = ${MIGRATIONS.length};\n\n${statements.map((row) => `${unindented(String(row["sql"]))};\n`).join("\n")}`
  const file = new URL("schema.sql", import.meta.url)
  if (process.env["WRITE_SCHEMA"] === "1") await writeFile(file, found)
  assert.equal(await readFile(file, "utf8"), found, "write it anew with WRITE_SCHEMA=1")
})

test("an empty database gets the schema", async (context) => {
  const { folder, records } = await opened(context)
  // What a process leaves that is killed between opening and the first step.
  const empty = new DatabaseSync(join(folder, "records.db"))
  empty.exec("PRAGMA journal_mode = WAL")
  empty.close()
  await records.jobs.create(job(1), OWNER)
  assert.deepEqual(await records.check(), [])
})

function unindented(sql: string): string {
  return sql.replaceAll(/^ {2}/gm, "")
}
