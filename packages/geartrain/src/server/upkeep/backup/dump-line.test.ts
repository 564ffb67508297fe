import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { readLine, writeLine } from "./dump-line.ts"

test("whatever a row holds is read as it was written, on one line", () => {
  const value = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
    fc.constant(null),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  )
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z_0-9]{1,8}$/), value), (row) => {
      const line = writeLine("files", row)
      assert.equal(line.indexOf("\n"), line.length - 1)
      assert.deepEqual(readLine(line.trimEnd()), { table: "files", row: { ...row } })
    }),
  )
})

test("a text that looks like bytes stays a text", () => {
  assert.deepEqual(readLine('["a",{"b":"AAAA"}]').row, { b: "AAAA" })
  assert.deepEqual(readLine('["a",{"b":{"bytes":"AAAA"}}]').row, { b: Buffer.alloc(3) })
})

test("a line that is no row is refused: no other table's name, column or value gets near the database", () => {
  for (const line of [
    "",
    "{}",
    '["a"]',
    '["a",{},1]',
    '["a; drop",{}]',
    '["A",{}]',
    '["a",{"b c":1}]',
    '["a",{"b":true}]',
    '["a",{"b":[1]}]',
    '["a",{"b":{"bytes":"?"}}]',
    '["a",{"b":{"more":1}}]',
    '["a",{"b":1}',
  ])
    assert.throws(() => readLine(line), { code: "BACKUP_DAMAGED" }, line)
})
