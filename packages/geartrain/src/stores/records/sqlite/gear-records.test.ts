import assert from "node:assert/strict"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { test } from "node:test"
import { type Gear, isGeartrainError } from "@geartrain/spec"
import { opened } from "../../../../test/stores/records/opened-records.ts"
import { digest, gear } from "../../../../test/stores/records/sample-records.ts"
import { MIGRATIONS } from "./migrations.ts"
import { openRecords } from "./open-records.ts"

test("a gear comes back as it was put, and stays as it was first imported", async (context) => {
  const { records } = await opened(context)
  await records.gears.putGear(gear(1))
  await records.gears.putGear(gear(2))
  await records.gears.putGear(gear(1, { imported: "2027-01-01T00:00:00.000Z" }))
  assert.deepEqual(await records.gears.getGear(gear(1).id), gear(1))
  assert.deepEqual(await records.gears.listGears(), [gear(1), gear(2)])
})

test("a reference moves, and answers where it pointed before", async (context) => {
  const { records } = await opened(context)
  await records.gears.putGear(gear(1))
  await records.gears.putGear(gear(2))
  assert.equal(await records.gears.setReference("gear@1.0", gear(1).id), undefined)
  assert.equal(await records.gears.setReference("gear@1.0", gear(2).id), gear(1).id)
  assert.equal(await records.gears.setReference("gear@1.0", gear(2).id), gear(2).id)
  assert.deepEqual(await records.gears.listReferences(), new Map([["gear@1.0", gear(2).id]]))
  await records.gears.removeReference("gear@1.0")
  await records.gears.removeReference("gear@1.0")
  assert.equal((await records.gears.listReferences()).size, 0)
})

test("a reference to a gear that is not there is refused", async (context) => {
  const { records } = await opened(context)
  await assert.rejects(records.gears.setReference("gear", digest(1)), (error) =>
    isGeartrainError(error, "GEAR_NOT_FOUND"),
  )
})

test("removing a gear removes the references to it, and no other", async (context) => {
  const { records } = await opened(context)
  await records.gears.putGear(gear(1))
  await records.gears.putGear(gear(2))
  await records.gears.setReference("one", gear(1).id)
  await records.gears.setReference("two", gear(2).id)
  await records.gears.removeGear(gear(1).id)
  await records.gears.removeGear(gear(1).id)
  assert.deepEqual(await records.gears.listGears(), [gear(2)])
  assert.deepEqual(await records.gears.listReferences(), new Map([["two", gear(2).id]]))
})

test("gears are found by reference, and by the first eight digits of their id or more", async (context) => {
  const { records } = await opened(context)
  const first = gear(1, { id: `sha256:${"ab".repeat(32)}` as const })
  const second = gear(2, { id: `sha256:abababab${"cd".repeat(28)}` as const })
  await records.gears.putGear(first)
  await records.gears.putGear(second)
  await records.gears.setReference("deadbeef", second.id)
  assert.deepEqual(await records.gears.findGears(first.id), [first])
  assert.deepEqual(await records.gears.findGears("abababababab"), [first])
  assert.deepEqual(await records.gears.findGears("sha256:abababab"), [first, second])
  assert.deepEqual(await records.gears.findGears("abababa"), [])
  assert.deepEqual(await records.gears.findGears("deadbeef"), [second])
  assert.deepEqual(await records.gears.findGears("ABABABABABAB"), [])
  assert.deepEqual(await records.gears.findGears("%"), [])
})

test("of one name, the gear that was imported last is the newest, of two at one time the later, and others by its name are not meant", async (context) => {
  const { folder, records } = await opened(context)
  const named = (number: number, name: string, imported: string): Gear => {
    const sample = gear(number, { imported })
    return { ...sample, manifest: { ...sample.manifest, name } }
  }
  const gears = [
    named(1, "bet", "2026-02-01T00:00:00.000Z"),
    named(2, "bet", "2026-03-01T00:00:00.000Z"),
    named(3, "bet", "2026-03-01T00:00:00.000Z"),
    named(4, "bet", "2026-01-01T00:00:00.000Z"),
    named(5, "bet2", "2026-04-01T00:00:00.000Z"),
  ]
  for (const each of gears) await records.gears.putGear(each)
  assert.deepEqual(await records.gears.newestGear("bet"), gears[2])
  assert.equal(await records.gears.newestGear("be"), undefined)
  await records.close()
  const old = new DatabaseSync(join(folder, "records.db"))
  old.exec(`DROP INDEX gears_by_name; ALTER TABLE gears DROP COLUMN name; ALTER TABLE gears DROP COLUMN imported;
    UPDATE gears SET document = 'damaged' WHERE id = '${gears[1]?.id}'; PRAGMA user_version = ${MIGRATIONS.length - 1}`)
  old.close()
  const again = openRecords(join(folder, "records.db"), { prepare: async () => {} })
  context.after(() => again.close())
  assert.deepEqual(await again.gears.newestGear("bet"), gears[2], "an older database knows names, too")
})
