import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { type TestContext, test } from "node:test"
import { scratchImage } from "../../../../../../../test/stores/scratch-image.ts"
import type { SortRecord } from "./sort-record.ts"
import { type SortedRecord, SpillingSorter } from "./spilling-sorter.ts"

const ARENA_BYTES = 4096
/** In no order at all, of 20 to 300 bytes each. */
const MANY = Array.from({ length: 2000 }, (_, index) => ({
  key: createHash("sha256").update(`${index}`).digest().subarray(0, 12),
  value: Buffer.alloc(index % 280, `value ${index} `),
}))

/** Adds all, and waits for room now and then. */
async function sorterOf(
  records: readonly SortRecord[],
  context: TestContext,
): Promise<{ readonly sorter: SpillingSorter; readonly opened: () => number }> {
  let opened = 0
  const sorter = new SpillingSorter(async () => {
    opened += 1
    return (await scratchImage(context)).handle
  }, ARENA_BYTES)
  for (const [index, record] of records.entries()) {
    sorter.add(record)
    if (index % 7 === 0) await sorter.room()
  }
  await sorter.end()
  return { sorter, opened: () => opened }
}

function texts(records: Iterable<SortRecord | SortedRecord>): readonly string[] {
  return Array.from(records, ({ key, value }) => `${Buffer.from(key).toString("hex")} ${value}`)
}

function inOrder(records: readonly SortRecord[]): readonly SortRecord[] {
  return [...records].sort((a, b) => Buffer.compare(a.key, b.key))
}

test("many runs come out as one sort would have them, and again when they are asked for again", async (context) => {
  const { sorter, opened } = await sorterOf(MANY, context)
  assert.equal(opened(), 1, "all runs are in one file")
  const expected = texts(inOrder(MANY))
  assert.deepEqual(texts(sorter.sorted()), expected)
  assert.deepEqual(texts(sorter.sorted()), expected)
})

test("what has room in memory needs no file, and comes out twice as well", async (context) => {
  const few = MANY.slice(0, 20)
  const { sorter, opened } = await sorterOf(few, context)
  assert.equal(opened(), 0)
  assert.deepEqual(texts(sorter.sorted()), texts(inOrder(few)))
  assert.deepEqual(texts(sorter.sorted()), texts(inOrder(few)))
  await sorter.close()
})

test("records longer than the memory, and than what is read at once, are sorted among the others", async (context) => {
  const long = [5, 50, 500].map((index) => ({
    key: Buffer.from([index % 256]),
    value: Buffer.alloc(300_000, `${index}`),
  }))
  const records = [...MANY.slice(0, 100), ...long, ...MANY.slice(100, 200)]
  const { sorter } = await sorterOf(records, context)
  assert.deepEqual(texts(sorter.sorted()), texts(inOrder(records)))
})

test("records that were added without waiting are all there", async (context) => {
  const sorter = new SpillingSorter(async () => (await scratchImage(context)).handle, ARENA_BYTES)
  for (const record of MANY) sorter.add(record)
  await sorter.room()
  for (const record of MANY.slice(0, 3)) sorter.add({ ...record, key: Buffer.concat([record.key, Buffer.from("+")]) })
  await sorter.end()
  assert.equal(texts(sorter.sorted()).length, MANY.length + 3)
  assert.deepEqual(
    texts(sorter.sorted()).map((text) => text.slice(0, 24)),
    texts(sorter.sorted())
      .map((text) => text.slice(0, 24))
      .toSorted(),
  )
})

test("equal keys of several runs all come out, next to each other", async (context) => {
  const same = Array.from({ length: 500 }, (_, index) => ({ key: Buffer.from("same"), value: Buffer.from(`${index}`) }))
  const records = MANY.slice(0, 500).flatMap((record, index) => [record, same[index] as SortRecord])
  const { sorter, opened } = await sorterOf(records, context)
  assert.equal(opened(), 1)
  const sorted = texts(sorter.sorted())
  assert.equal(sorted.length, 1000)
  const start = sorted.findIndex((text) => text.startsWith("73616d65 "))
  const values = sorted.slice(start, start + 500).map((text) => Number(text.slice(9)))
  assert.deepEqual(
    values.toSorted((a, b) => a - b),
    same.map((_, index) => index),
  )
})

test("bytes are the sorter's own once they are added", async () => {
  const [key, value] = [Buffer.from("key"), Buffer.from("value")]
  const sorter = new SpillingSorter(() => assert.fail("no file is needed"))
  sorter.add({ key, value })
  key.fill(0)
  value.fill(0)
  await sorter.end()
  assert.deepEqual(texts(sorter.sorted()), [`${Buffer.from("key").toString("hex")} value`])
  await sorter.close()
})

test("where nothing was added nothing comes out", async (context) => {
  const { sorter } = await sorterOf([], context)
  assert.deepEqual([...sorter.sorted()], [])
  await sorter.close()
})

test("a file that cannot be made ends the sorting with what the system says", async () => {
  const refused = new SpillingSorter(() => Promise.reject(new Error("EACCES")), ARENA_BYTES)
  for (const record of MANY) refused.add(record)
  await assert.rejects(refused.room(), /EACCES/)
  await refused.close()
})
