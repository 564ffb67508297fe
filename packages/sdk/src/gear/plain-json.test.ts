import assert from "node:assert/strict"
import { test } from "node:test"
import { plainJson } from "./plain-json.ts"

function plain(value: unknown) {
  const warnings: string[] = []
  return { json: plainJson(value, { place: "info", warn: (text) => warnings.push(text) }), warnings }
}

test("what a gear's code has becomes what JSON has", () => {
  const cases: readonly (readonly [unknown, unknown])[] = [
    [null, null],
    ["", ""],
    [-0.5, -0.5],
    [new Date(0), "1970-01-01T00:00:00.000Z"],
    [new Set([1, "a"]), [1, "a"]],
    [new Map<unknown, unknown>([[1, { a: [] }]]), { 1: { a: [] } }],
    [new Uint8Array([1, 2]), [1, 2]],
    [{ a: undefined, b: 1 }, { b: 1 }],
    [Object.assign(Object.create(null), { a: true }), { a: true }],
  ]
  for (const [value, json] of cases) assert.deepEqual(plain(value), { json, warnings: [] })
})

test("a member of any name is a member, and changes nothing else", () => {
  const json = plain(JSON.parse('{"__proto__": {"polluted": 1}}')).json
  assert.deepEqual(Object.keys(json as object), ["__proto__"])
  assert.equal(({} as { polluted?: number }).polluted, undefined)
})

test("a number or time that JSON cannot say becomes null, and its place is told", () => {
  const { json, warnings } = plain({ qc: [1, Number.NaN], far: Number.POSITIVE_INFINITY, at: new Date(Number.NaN) })
  assert.deepEqual(json, { qc: [1, null], far: null, at: null })
  assert.deepEqual(
    warnings.map((text) => text.split(",")[0]),
    ["metadata: info.qc[1] is NaN", "metadata: info.far is Infinity", "metadata: info.at is Invalid Date"],
  )
})

test("what JSON has no place for is refused by its place and kind", () => {
  class Scan {}
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [{ a: [() => 1] }, /^Cannot say info\.a\[0\]: a function is no JSON$/],
    [1n, /a bigint is no JSON/],
    [[undefined], /info\[0\]: a undefined/],
    [new Scan(), /a Scan is no JSON/],
    [new DataView(new ArrayBuffer(1)), /a DataView is no JSON/],
    [Object.create(Object.create(null)), /an? object is no JSON/],
    [new BigInt64Array(1), /info\[0\]: a bigint/],
  ]
  for (const [value, message] of cases) assert.throws(() => plain(value), { code: "METADATA_INVALID", message })
})

test("what contains itself is refused, and not followed for ever", () => {
  const loop: { self?: unknown } = {}
  loop.self = loop
  assert.throws(() => plain(loop), { code: "METADATA_INVALID", message: /more than 64 levels/ })
})
