import assert from "node:assert/strict"
import { test } from "node:test"
import { file, means } from "../../../test/formats/sample-files.ts"
import { UnfitFile } from "../unfit-file.ts"
import { JSON_FORMAT } from "./json.ts"

function compare(a: string | Uint8Array, b: string | Uint8Array) {
  return JSON_FORMAT.compare(file("a.json", a), file("b.json", b), means())
}

test("a document is told by its name, as long as it is a text", () => {
  for (const name of ["a.json", "a.geojson", "a.ipynb"]) assert.ok(JSON_FORMAT.fits(Buffer.from("{}"), name), name)
  for (const name of ["json", "a.jsonl", "a.json.bak"]) assert.ok(!JSON_FORMAT.fits(Buffer.from("{}"), name), name)
  assert.ok(!JSON_FORMAT.fits(Buffer.from([0x7b, 0, 0x7d]), "a.json"))
})

test("the order of members and the blanks between them mean nothing, the order of a list does", async () => {
  assert.equal((await compare('{"a":1,"b":[1,2]}', '{ "b" : [ 1 , 2 ] , "a" : 1.0 }')).same, true)
  assert.deepEqual((await compare("[1,2]", "[2,1]")).differences, [
    { place: "$[0]", a: "1", b: "2" },
    { place: "$[1]", a: "2", b: "1" },
  ])
})

test("a value that one has not is told apart from null, and from a value of another kind", async () => {
  const found = await compare('{"a": null, "b": [1], "c": "1"}', '{"b": {"0": 1}, "c": 1, "d": [true, {"e": null}]}')
  assert.deepEqual(found.differences, [
    { place: "$.a", a: "null" },
    { place: "$.b", a: "[1]", b: '{"0":1}' },
    { place: "$.c", a: '"1"', b: "1" },
    { place: "$.d", b: '[true,{"e":null}]' },
  ])
  assert.deepEqual((await compare("[]", "[null]")).differences, [{ place: "$[0]", b: "null" }])
})

test("members are named so that their path can be read, also those that every object seems to have", async () => {
  const found = await compare('{"a b": 1, "x": {"": 2}, "constructor": 3}', '{"a b": 2, "x": {"": 3}, "__proto__": 4}')
  assert.deepEqual(found.differences, [
    { place: '$["a b"]', a: "1", b: "2" },
    { place: '$.x[""]', a: "2", b: "3" },
    { place: "$.constructor", a: "3" },
    { place: "$.__proto__", b: "4" },
  ])
})

test("whole numbers that no double holds are told apart by their last digit, however long", async () => {
  for (const length of [17, 100, 320, 400]) {
    const of = (last: number): string => `[${"1".repeat(length - 1)}${last}]`
    assert.equal((await compare(of(1), of(1))).same, true)
    assert.equal((await compare(of(1), of(2))).same, false, String(length))
  }
})

test("a number that is too large for a double is no number that could be compared", async () => {
  const long = `[${"1".repeat(401)}]`
  for (const text of ["[1e400]", "[-1e400]", long]) await assert.rejects(compare(text, "[1]"), UnfitFile, text)
})

test("two that are no UTF-8 never look the same, wherever in the file", async () => {
  const of = (byte: number): Buffer =>
    Buffer.concat([Buffer.from(`["${"x".repeat(5000)}`), Buffer.from([byte]), Buffer.from('"]')])
  await assert.rejects(compare(of(0xff), of(0xfe)), UnfitFile)
  await assert.rejects(compare("\u{feff}{}", "{}"), UnfitFile)
})

test("a document that is cut short, or nested without end, is none", async () => {
  const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth)
  assert.equal((await compare(nested(201), nested(201))).same, true)
  for (const text of ["", '{"a":', "{} {}", nested(203), nested(100_000)])
    await assert.rejects(compare(text, text), UnfitFile, text.slice(0, 10))
})

test("values that differ are counted, and numbers among them measured", async () => {
  const found = await compare('{"a": [1, 2, "x"]}', '{"a": [1, 4, "y"]}')
  assert.equal(found.summary, "2 values differ; 1 of 2 numbers differ, by 2 at most (relative 0.5)")
  assert.equal((await compare('"a"', '"a"')).numbers, undefined)
})
