import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { sql } from "kysely"
import { isDuplicate } from "../../../src/server/database/database-error.ts"
import { lastEvent, readEvents } from "../../../src/server/database/events/read-events.ts"
import { makeId } from "../../../src/server/database/make-id.ts"
import { openPostgres } from "../../../src/server/database/postgres/open-postgres.ts"
import { openSqlite } from "../../../src/server/database/sqlite/open-sqlite.ts"
import { onDatabases } from "../on-databases.ts"
import { POSTGRES_SKIP, startPostgres } from "../temporary-postgres.ts"

onDatabases((bench) => {
  bench.test("a database that a newer server has changed is left alone", async (context) => {
    const database = await bench.open(context)
    await sql`insert into schema_steps (name, timestamp) values ('9999-of-tomorrow', '2099-01-01T00:00:00Z')`.execute(
      database.read,
    )
    await assert.rejects(
      bench.again(context),
      (error) => isGeartrainError(error, "DATABASE_TOO_NEW") && /9999-of-tomorrow/.test(error.message),
    )
  })

  bench.test("two rows of one key: the second is known for a duplicate", async (context) => {
    const database = await bench.open(context)
    const row = { seq: 7, at_ms: 0, kind: "k", project: null, subject: "s", by_user: null, data: "{}" }
    const insert = (): Promise<unknown> =>
      database.write((write) => write.sql.insertInto("events").values(row).execute())
    await insert()
    await assert.rejects(insert(), (error) => isDuplicate(error))
    assert.equal(isDuplicate(new Error("another")), false)
  })
})

test("a database that goes away is told as such; when it is back everything goes on, and whoever waits is woken", {
  skip: POSTGRES_SKIP,
}, async (context) => {
  const server = await startPostgres()
  const database = await openPostgres(await server.makeDatabase())
  context.after(async () => {
    await database.close()
    await server.stop()
  })
  await database.write((write) => write.event({ kind: "test.made", subject: "before" }))
  await server.kill()
  await assert.rejects(
    database.write((write) => write.event({ kind: "test.made", subject: "meanwhile" })),
    (error) => isGeartrainError(error, "DATABASE_UNAVAILABLE"),
  )
  const woken = database.signals.wait(["anything"], { timeoutMs: 60_000 })
  await server.start()
  await woken
  await database.write((write) => write.event({ kind: "test.made", subject: "after" }))
  const events = await readEvents(database.read, { after: 0, limit: 10 })
  // Numbers that were set aside before it was killed are left out.
  assert.deepEqual(
    events.map(({ subject }) => subject),
    ["before", "after"],
  )
})

test("a database that is not there is told, with what to do", { skip: POSTGRES_SKIP }, async () => {
  await assert.rejects(
    openPostgres("postgres://nobody@127.0.0.1:1/none"),
    (error) => isGeartrainError(error, "DATABASE_UNAVAILABLE") && error.hint !== undefined,
  )
})

test("a full disk is told as such, and what was there stays", {
  skip: process.getuid?.() === 0 ? false : "needs root, for a small disk",
}, async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-full-"))
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", folder])
  const database = await openSqlite(join(folder, "server.db"))
  context.after(async () => {
    await database.close()
    execFileSync("umount", [folder])
    await rm(folder, { recursive: true })
  })
  await database.write((write) => write.event({ kind: "test.made", subject: "before" }))
  await writeFile(join(folder, "filler"), Buffer.alloc(2 << 20)).catch(() => undefined)
  const data = { text: "x".repeat(500_000) }
  await assert.rejects(
    database.write((write) => write.event({ kind: "test.made", subject: "after", data })),
    (error) => isGeartrainError(error, "STORE_FULL"),
  )
  await rm(join(folder, "filler"))
  await database.write((write) => write.event({ kind: "test.made", subject: "after" }))
  assert.equal(await lastEvent(database.read), 2)
})

test("ids are 24 hexadecimal digits, each another, in the order of their making to the second", () => {
  const ids = Array.from({ length: 100 }, makeId)
  assert.ok(ids.every((id) => /^[0-9a-f]{24}$/.test(id)))
  assert.equal(new Set(ids).size, 100)
})
