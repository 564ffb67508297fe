import assert from "node:assert/strict"
import { test } from "node:test"
import { Findings } from "../file-comparison.ts"
import { compareRecords } from "./compare-records.ts"

interface Source extends AsyncIterable<string> {
  readonly seen: { closed: boolean; read: number }
}

/** Records one after the other; at the end an error, if one is given. */
function source(records: readonly string[], error?: Error): Source {
  const seen = { closed: false, read: 0 }
  async function* records_(): AsyncGenerator<string> {
    try {
      for (const record of records) {
        seen.read += 1
        yield record
      }
      if (error !== undefined) throw error
    } finally {
      seen.closed = true
    }
  }
  return { seen, [Symbol.asyncIterator]: records_ }
}

function telling() {
  return { findings: new Findings(), nameOf: (number: number) => `record ${number}` }
}

test("lists are read once and in step, the longer one to its end", async () => {
  const said = telling()
  const [a, b] = [source(["1", "2", "3"]), source(["1"])]
  const counts = await compareRecords(a, b, said)
  assert.deepEqual(counts, { a: 3, b: 1, elsewhere: 2, onlyA: 2, onlyB: 0, gaveUp: false })
  assert.deepEqual(said.findings.kept, [
    { place: "record 2", a: "2" },
    { place: "record 3", a: "3" },
  ])
  assert.deepEqual(
    [a.seen, b.seen],
    [
      { closed: true, read: 3 },
      { closed: true, read: 1 },
    ],
  )
})

test("an empty record is one, and no end", async () => {
  const counts = await compareRecords(source(["", "", "x"]), source(["", "x"]), telling())
  assert.deepEqual([counts.a, counts.b, counts.onlyA, counts.onlyB], [3, 2, 1, 0])
  const none = await compareRecords(source([]), source([]), telling())
  assert.deepEqual([none.a, none.elsewhere], [0, 0])
})

test("when one cannot be read both are let go of, and its error is told", async () => {
  const broken = new Error("it is damaged")
  const [a, b] = [source(["1"], broken), source(["1", "2", "3", "4"])]
  await assert.rejects(compareRecords(a, b, telling()), broken)
  assert.ok(a.seen.closed && b.seen.closed)
  assert.ok(b.seen.read < 4)
})
