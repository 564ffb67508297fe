import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { test } from "node:test"
import { scratchImage } from "../../../../../../test/stores/scratch-image.ts"
import { LookupTable } from "../lookup-table.ts"
import { Metadata } from "../metadata.ts"
import { writeLookupTable } from "./lookup-table-writer.ts"

for (const count of [1, 511, 512, 513, 1300]) {
  test(`each of ${count} records of 16 bytes is found by its number`, async (context) => {
    const image = await scratchImage(context)
    image.output.push(randomBytes(77))
    const records = Buffer.concat([randomBytes(count * 8), Buffer.alloc(count * 8, "packs")])
    const list = await writeLookupTable(image.output, records)
    const file = await image.written()
    assert.equal(list + Math.ceil(count / 512) * 8, file.sizeBytes, "the list is the last of it")
    const table = new LookupTable(file, new Metadata(file), { list, count, recordBytes: 16 })
    for (let index = 0; index < count; index++)
      assert.ok(table.record(index).equals(records.subarray(index * 16, index * 16 + 16)), `record ${index}`)
  })
}

test("a head stands right before the list, and is what the table is found by", async (context) => {
  const image = await scratchImage(context)
  const head = randomBytes(16)
  const records = randomBytes(9000)
  const place = await writeLookupTable(image.output, records.subarray(0, 8196), head)
  const file = await image.written()
  assert.ok((await image.bytes()).subarray(place, place + 16).equals(head))
  const table = new LookupTable(file, new Metadata(file), { list: place + 16, count: 2049, recordBytes: 4 })
  assert.ok(table.record(2048).equals(records.subarray(8192, 8196)))
})

test("a table without records is nothing", async (context) => {
  const image = await scratchImage(context, 500)
  assert.equal(await writeLookupTable(image.output, Buffer.alloc(0)), 500)
  assert.equal(image.output.position, 500)
})
