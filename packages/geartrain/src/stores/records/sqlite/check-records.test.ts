import assert from "node:assert/strict"
import { copyFile, mkdir, rm, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { flipByte } from "../../../../test/stores/flip-byte.ts"
import { opened, output, verification } from "../../../../test/stores/records/opened-records.ts"
import { gear, job, jobId, OWNER } from "../../../../test/stores/records/sample-records.ts"
import { openRecords, type Records } from "./open-records.ts"

test("a database that is no database is told, with what to do", async (context) => {
  const { folder, records } = await opened(context)
  await writeFile(
    join(folder, "records.db"),
    "this is no database at all, but some text that somebody wrote here\n".repeat(100),
  )
  await assert.rejects(
    records.jobs.list({}),
    (error) =>
      isGeartrainError(error, "STORE_DAMAGED") && error.hint !== undefined && /gear store fsck/.test(error.hint),
  )
  assert.match((await records.check()).join(), /file is not a database/)
})

test("no byte of a database can change without being found, or without changing nothing", async (context) => {
  const { folder, records } = await opened(context)
  for (let number = 0; number < 12; number++) {
    await records.gears.putGear(gear(number))
    await records.gears.setReference(`gear-${number}@1.0.0`, gear(number).id)
    await records.jobs.create(job(number, { state: "complete", outputs: [output(number)] }), OWNER)
    await records.jobs.addVerification(jobId(number), verification(number))
  }
  const whole = await everything(records)
  await records.close()
  const path = join(folder, "records.db")
  const { size } = await stat(path)
  const silent: number[] = []
  // A step that is no divisor of the page, so that all parts of pages are met.
  for (let at = 0; at < size; at += 1021) {
    const copy = join(folder, "copy")
    await mkdir(copy)
    await copyFile(path, join(copy, "records.db"))
    await flipByte(join(copy, "records.db"), at, 0x11)
    const damaged = openRecords(join(copy, "records.db"), { prepare: async () => {} })
    const found = await damaged.check().catch((error: unknown) => [String(error)])
    if (found.length === 0 && (await everything(damaged)) !== whole) silent.push(at)
    await damaged.close()
    await rm(copy, { recursive: true })
  }
  assert.deepEqual(silent, [])
})

async function everything(records: Records): Promise<string> {
  const jobs = []
  for (const { id } of await records.jobs.list({})) jobs.push(await records.jobs.get(id), await records.jobs.owner(id))
  const { gears, guard } = records
  const { blobs, roots } = await guard.referenced()
  return JSON.stringify([
    await gears.listGears(),
    [...(await gears.listReferences())],
    await records.jobs.list({}),
    jobs,
    [...blobs],
    [...roots],
  ])
}
