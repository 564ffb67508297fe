import assert from "node:assert/strict"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { opened } from "../../../../test/stores/records/opened-records.ts"
import { job, OWNER } from "../../../../test/stores/records/sample-records.ts"
import { MIGRATIONS } from "./migrations.ts"
import { openRecords } from "./open-records.ts"

test("records of a newer schema are refused by number", async (context) => {
  const { folder, records } = await opened(context)
  await records.jobs.create(job(1), OWNER)
  await records.close()
  setVersion(folder, MIGRATIONS.length + 1)
  await assert.rejects(
    records.jobs.list({}),
    (error) =>
      isGeartrainError(error, "STORE_TOO_NEW") &&
      error.message.endsWith(
        `they have schema ${MIGRATIONS.length + 1}, and this program knows schemas up to ${MIGRATIONS.length}`,
      ),
  )
})

test("many processes may make the records at once", async (context) => {
  const { folder } = await opened(context)
  const all = Array.from({ length: 8 }, () => openRecords(join(folder, "records.db"), { prepare: async () => {} }))
  await Promise.all(all.map((records, number) => records.jobs.create(job(number), OWNER)))
  assert.equal((await all[0]!.jobs.list({})).length, 8)
  for (const records of all) await records.close()
})

function setVersion(folder: string, version: number): void {
  const database = new DatabaseSync(join(folder, "records.db"))
  database.exec(`PRAGMA user_version = ${version}`)
  database.close()
}
