import assert from "node:assert/strict"
import { DatabaseSync } from "node:sqlite"
import { test } from "node:test"
import { sqliteDatabase } from "./sqlite-database.ts"

function open() {
  const own = new DatabaseSync(":memory:")
  const database = sqliteDatabase(own)
  const run = (text: string) => database.prepare(text).run([])
  return { own, database, run }
}

test("a statement is told apart by whether it gives rows, also one that writes", () => {
  const { database, run } = open()
  run("create table t (a integer)")
  assert.equal(database.prepare("select a from t").reader, true)
  assert.equal(database.prepare("insert into t values (1)").reader, false)
  const returning = database.prepare("insert into t values (?) returning a")
  assert.equal(returning.reader, true)
  assert.deepEqual(
    returning.all([7]).map((row) => ({ ...(row as object) })),
    [{ a: 7 }],
  )
  database.close()
})

test("a transaction takes the right to write at its start", () => {
  const { own, run } = open()
  run("begin")
  assert.ok(own.isTransaction)
  run("commit")
  assert.ok(!own.isTransaction)
})

test("a transaction that has ended by itself may be taken back all the same, and what it did is gone", () => {
  const { own, run, database } = open()
  run("create table t (a integer)")
  run("begin")
  run("insert into t values (1)")
  own.exec("rollback")
  run("rollback")
  run("begin")
  run("insert into t values (2)")
  run("rollback")
  assert.deepEqual(database.prepare("select a from t").all([]), [])
})

test("statements of ever changing texts are let go of, and those in use are not", () => {
  const { database } = open()
  const used = database.prepare("select 1")
  for (let index = 2; index < 1200; index++) {
    database.prepare(`select ${index}`)
    if (index % 100 === 0) assert.equal(database.prepare("select 1"), used)
  }
  assert.notEqual(database.prepare("select 2"), undefined)
  assert.equal(database.prepare("select 1"), used)
})
