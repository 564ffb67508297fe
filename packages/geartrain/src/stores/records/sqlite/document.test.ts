import assert from "node:assert/strict"
import { DatabaseSync } from "node:sqlite"
import { test } from "node:test"
import { GeartrainError } from "@geartrain/spec"
import fc from "fast-check"
import { checksum, decodeDocument, encodeDocument } from "./document.ts"
import { isBusy, isUnwritable, sqliteError } from "./sqlite-error.ts"

test("a document comes back as it was stored", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const stored = encodeDocument(value)
      assert.deepEqual(decodeDocument(stored, "it"), JSON.parse(JSON.stringify(value)))
    }),
  )
})

test("one changed character, or something that is no text, is damage and never another document", () => {
  const { text, checksum: sum } = encodeDocument({ state: "complete", count: 10 })
  for (const row of [
    { text: text.replace("10", "11"), checksum: sum },
    { text: `${text} `, checksum: sum },
    { text, checksum: checksum("") },
    { text, checksum: null },
    { text: null, checksum: sum },
    { text: new Uint8Array(), checksum: sum },
  ]) {
    assert.throws(() => decodeDocument(row, 'job "5f0c"'), {
      code: "STORE_DAMAGED",
      message: 'Cannot read job "5f0c": its record does not have the bytes that were stored',
    })
  }
})

function refusalOf(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new assert.AssertionError({ message: "SQLite refused nothing" })
}

test("what SQLite refuses is told by what has to be done about it", () => {
  const cases = [
    { sqlite: refusalOf(() => new DatabaseSync("/none/records.db")), code: "STORE_READ_ONLY" },
    {
      sqlite: Object.assign(new Error("full"), { code: "ERR_SQLITE_ERROR", errcode: 13, errstr: "full" }),
      code: "STORE_FULL",
    },
    {
      sqlite: Object.assign(new Error("no db"), { code: "ERR_SQLITE_ERROR", errcode: 26, errstr: "no db" }),
      code: "STORE_DAMAGED",
    },
    {
      sqlite: Object.assign(new Error("ro"), { code: "ERR_SQLITE_ERROR", errcode: 8 + 256, errstr: "ro" }),
      code: "STORE_READ_ONLY",
    },
    { sqlite: refusalOf(() => new DatabaseSync(":memory:").exec("nonsense")), code: "STORE_FAILED" },
  ] as const
  for (const { sqlite, code } of cases) {
    const error = sqliteError(sqlite, 'write records "r"')
    assert.ok(error instanceof GeartrainError)
    assert.equal(error.code, code)
    assert.match(error.message, /^Cannot write records "r": /)
    assert.equal(error.cause, sqlite)
  }
})

test("errors of others come through as they are", () => {
  const own = new GeartrainError("STORE_FULL", "m")
  for (const error of [own, new RangeError("x"), "text", undefined]) assert.equal(sqliteError(error, "d"), error)
  assert.equal(isBusy(new Error("busy")), false)
  assert.equal(isUnwritable(refusalOf(() => new DatabaseSync("/none/records.db"))), true)
})

test("a database that another one writes to is busy, and may be tried again", async () => {
  const { mkdtempSync, rmSync } = await import("node:fs")
  const folder = mkdtempSync(`${(await import("node:os")).tmpdir()}/geartrain-busy-`)
  const first = new DatabaseSync(`${folder}/r.db`)
  const second = new DatabaseSync(`${folder}/r.db`)
  try {
    first.exec("BEGIN IMMEDIATE")
    const error = refusalOf(() => second.exec("BEGIN IMMEDIATE"))
    assert.equal(isBusy(error), true)
    assert.equal(isUnwritable(error), false)
  } finally {
    first.close()
    second.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
