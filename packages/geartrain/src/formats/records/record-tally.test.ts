import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { Findings } from "../file-comparison.ts"
import { isOnlyOrder, RecordTally, recordSummary } from "./record-tally.ts"

function compare(a: readonly string[], b: readonly string[]) {
  const tally = new RecordTally()
  const findings = new Findings()
  for (let at = 0; at < Math.max(a.length, b.length); at++) tally.pair(a[at], b[at])
  const counts = tally.counts({ findings, nameOf: (number) => `record ${number}` })
  return { counts, findings, summary: recordSummary("records", counts) }
}

test("the same records are the same, also where there are none", () => {
  assert.equal(compare(["a", "b"], ["a", "b"]).summary, "the same 2 records")
  assert.equal(compare([], []).summary, "the same 0 records")
})

test("records that merely moved are told apart from those that only one side has", () => {
  const moved = compare(["a", "b", "c"], ["c", "a", "b"])
  assert.equal(moved.summary, "the same 3 records, in another order")
  assert.ok(isOnlyOrder(moved.counts))
  const changed = compare(["a", "b", "c"], ["c", "a", "x"])
  assert.equal(changed.summary, "records: 1 only in A, 1 only in B (of 3 and 3)")
  assert.ok(!isOnlyOrder(changed.counts))
})

test("a record that one side has more often is one that only it has, as often", () => {
  const { counts } = compare(["a", "a", "a"], ["a", "b"])
  assert.deepEqual([counts.onlyA, counts.onlyB, counts.a, counts.b], [2, 1, 3, 2])
})

test("a record that was changed in its place is told as one difference, with both sides", () => {
  const { findings } = compare(["a", "b", "c"], ["a", "x", "c"])
  assert.deepEqual(findings.kept, [{ place: "record 2", a: "b", b: "x" }])
})

test("what only one side has is counted right, whatever the lists are", () => {
  const records = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 12 })
  const often = (list: readonly string[], record: string) => list.filter((each) => each === record).length
  fc.assert(
    fc.property(records, records, (a, b) => {
      const { counts, findings } = compare(a, b)
      const only = (one: readonly string[], two: readonly string[]) =>
        ["a", "b", "c", "d"].reduce((sum, record) => sum + Math.max(0, often(one, record) - often(two, record)), 0)
      assert.deepEqual([counts.onlyA, counts.onlyB], [only(a, b), only(b, a)])
      assert.deepEqual([counts.a, counts.b], [a.length, b.length])
      assert.equal(counts.elsewhere === 0, a.join() === b.join())
      assert.equal(findings.count === 0, counts.onlyA + counts.onlyB === 0)
    }),
  )
})

test("so many that differ that they would fill the memory are counted and no longer looked up", () => {
  const tally = new RecordTally()
  for (let at = 0; at < 130_000; at++) tally.pair(`a${at}`, `b${at}`)
  assert.ok(!tally.isLooking)
  const counts = tally.counts({ findings: new Findings(), nameOf: String })
  assert.deepEqual([counts.elsewhere, counts.gaveUp], [130_000, true])
  assert.equal(recordSummary("records", counts), "130000 of 130000 records differ")
})

test("where parts that are equal were passed over, no sum of all is told", () => {
  const tally = new RecordTally()
  tally.addSame(5)
  tally.pair("a", undefined)
  const counts = tally.counts({ findings: new Findings(), nameOf: String })
  assert.equal(recordSummary("records", counts, false), "records: 1 only in A")
})
