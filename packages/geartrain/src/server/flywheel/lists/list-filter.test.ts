import assert from "node:assert/strict"
import { test } from "node:test"
import { readFilter, valueAtPath } from "./list-filter.ts"

const ITEM = {
  label: "T1w",
  created: "2024-05-01T00:00:00.000+00:00",
  size: 10,
  public: false,
  notes: null,
  tags: ["a", "b"],
  info: { qc: { snr: 4.5 } },
}

function holds(...texts: readonly string[]): boolean {
  return readFilter(texts).test(ITEM)
}

test("a condition holds by the value's own kind: texts, numbers, truth, and what is not there", () => {
  for (const text of [
    "label=T1w",
    'label="T1w"',
    "label!=T2w",
    "label>T1",
    "created>2024-01-01",
    "created<2025",
    "size=10",
    "size=1e1",
    "size>=10",
    "size<=10",
    "size!=11",
    "public=false",
    "public<true",
    "notes=null",
    "nowhere=null",
    "info.qc.snr>4",
  ])
    assert.ok(holds(text), text)
  for (const text of [
    "label=t1w",
    "label=null",
    "size=ten",
    "size>ten",
    "size=",
    "public=0",
    "public>false",
    "notes!=null",
    "nowhere>1",
    "nowhere=undefined",
    "info.qc=4.5",
    "label.length=3",
    "info.constructor.name=Object",
  ])
    assert.ok(!holds(text), text)
})

test("of several values one is enough; to differ, all have to", () => {
  assert.ok(holds("tags=b"))
  assert.ok(!holds("tags=c"))
  assert.ok(!holds("tags!=b"))
  assert.ok(holds("tags!=c"))
})

test("all conditions have to hold, of one text and of several", () => {
  assert.ok(holds("label=T1w,size=10", "public=false"))
  assert.ok(!holds("label=T1w,size=11"))
  assert.ok(!holds("label=T1w", "size=11"))
  assert.ok(holds(), "no condition is no condition")
  assert.ok(holds(" , ,"))
})

test("values between quotes may have commas and quotes in them", () => {
  const { conditions } = readFilter(['label="a, \\"b\\"",size=1'])
  assert.deepEqual(
    conditions.map(({ value }) => value),
    ['a, "b"', "1"],
  )
})

test("a regular expression is searched for anywhere in a text, and in nothing else", () => {
  assert.ok(holds("label=~^T"))
  assert.ok(holds("label=~1"))
  assert.ok(holds("label=~w$"))
  assert.ok(!holds("label=~^1"))
  assert.ok(!holds("size=~1"))
  assert.ok(holds("tags=~^b$"))
})

test("what is no condition, no expression, or too much is refused", () => {
  for (const text of ["label", "=1", "a b=1", "label~T", "label=~(", "x".repeat(300)])
    assert.throws(() => readFilter([text]), { code: "REQUEST_INVALID" }, text)
  assert.throws(() => readFilter([Array(51).fill("a=1").join(",")]), { message: /more than 50 conditions/ })
})

test("an expression that takes for ever is given up", () => {
  const { test: isWanted } = readFilter(["label=~(a|a)*(a|a)*(a|a)*b"])
  assert.throws(
    () => {
      for (let count = 0; count < 10_000; count++) isWanted({ label: "a".repeat(2000) })
    },
    { code: "REQUEST_INVALID", message: /takes too long/ },
  )
})

test("a path leads through objects only", () => {
  assert.equal(valueAtPath(ITEM, "info.qc.snr"), 4.5)
  for (const path of ["info.qc.snr.x", "__proto__", "notes.x", "", "."])
    assert.equal(valueAtPath(ITEM, path), undefined, path)
  assert.equal(valueAtPath(null, "a"), undefined)
})
