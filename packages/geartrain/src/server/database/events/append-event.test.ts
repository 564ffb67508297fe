import assert from "node:assert/strict"
import { test } from "node:test"
import { postgresWords } from "../../../../test/server/database/postgres-words.ts"
import { openSqlite } from "../sqlite/open-sqlite.ts"
import { appendEvent } from "./append-event.ts"
import { lastEvent, readEvents } from "./read-events.ts"

test("what is not said of an event is read as not there, and its data as it was", async (context) => {
  const { read, close } = await openSqlite(":memory:")
  context.after(close)
  assert.equal(await lastEvent(read), 0)
  const data = { "": null, text: "é\u0000\u{1F600}", deep: [{ n: 0.1 }] }
  await appendEvent(read, "sqlite", { kind: "a", subject: "", project: "p", byUser: "ada", data })
  await appendEvent(read, "sqlite", { kind: "b", subject: "s" })
  const [first, second] = await readEvents(read, { after: 0, limit: 9 })
  assert.deepEqual([first?.project, first?.byUser, first?.subject, first?.data], ["p", "ada", "", data])
  assert.deepEqual([second?.project, second?.byUser, second?.data], [undefined, undefined, {}])
  assert.equal(await lastEvent(read), 2)
})

test("on PostgreSQL nobody takes a number before they hold the lock that keeps numbers in their order", async () => {
  const { kysely, asked } = postgresWords()
  await appendEvent(kysely, "postgres", { kind: "a", subject: "s" })
  assert.match(asked[0]?.sql ?? "", /^select pg_advisory_xact_lock\(\d+\)$/)
  assert.match(asked[1]?.sql ?? "", /^insert into "events"/)
  assert.equal(asked.length, 2)
})
