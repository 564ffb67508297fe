import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { opened } from "../../../test/records/opened-records.ts"
import { digest, gear } from "../../../test/records/sample-records.ts"

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
