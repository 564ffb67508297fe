import assert from "node:assert/strict"
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { opened } from "../../../../test/stores/records/opened-records.ts"
import { digest, job, jobId, OWNER } from "../../../../test/stores/records/sample-records.ts"
import { openRecords } from "./open-records.ts"

test("records that are not there read as none, and reading makes nothing", async (context) => {
  const { folder, records } = await opened(context)
  assert.deepEqual(await records.gears.listGears(), [])
  assert.equal(await records.gears.getGear(digest(1)), undefined)
  assert.deepEqual(await records.gears.findGears("gear@1"), [])
  assert.equal((await records.gears.listReferences()).size, 0)
  assert.equal(await records.jobs.get(jobId(1)), undefined)
  assert.deepEqual(await records.jobs.find("0000"), [])
  assert.deepEqual(await records.jobs.list({}), [])
  assert.equal(await records.jobs.owner(jobId(1)), undefined)
  assert.deepEqual((await records.guard.referenced()).blobs, new Set())
  assert.deepEqual(await records.check(), [])
  assert.deepEqual(await readdir(folder), [])
})

test("when another process writes for too long, it is told, and nothing is changed", async (context) => {
  const { folder, records } = await opened(context)
  await records.jobs.create(job(1), OWNER)
  const other = new DatabaseSync(join(folder, "records.db"))
  other.exec("BEGIN IMMEDIATE")
  const impatient = openRecords(join(folder, "records.db"), { prepare: async () => {}, mostWaitMs: 50 })
  await assert.rejects(impatient.jobs.create(job(2), OWNER), (error) => isGeartrainError(error, "STORE_BUSY"))
  other.exec("ROLLBACK")
  other.close()
  await impatient.jobs.create(job(2), OWNER)
  await impatient.close()
})

test("records may be closed twice, and open again when they are used", async (context) => {
  const { folder, records } = await opened(context)
  await records.jobs.create(job(1), OWNER)
  await records.close()
  await records.close()
  assert.deepEqual(await readdir(folder), ["records.db"], "the log is in the database when the last one closes")
  assert.equal((await records.jobs.list({})).length, 1)
})
