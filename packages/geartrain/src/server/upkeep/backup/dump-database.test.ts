import assert from "node:assert/strict"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { zstdDecompressSync } from "node:zlib"
import { memoryDatabase } from "../../../../test/server/memory-database.ts"
import type { Snapshot, TableRow } from "../../database/database.ts"
import { openSqlite } from "../../database/sqlite/open-sqlite.ts"
import { BACKUP_FORMAT, readManifest } from "./backup-manifest.ts"
import { dumpDatabase, tablesOf } from "./dump-database.ts"
import { readLine } from "./dump-line.ts"

async function readAll(bytes: AsyncIterable<Uint8Array>): Promise<readonly ReturnType<typeof readLine>[]> {
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes) chunks.push(chunk)
  const text = zstdDecompressSync(Buffer.concat(chunks)).toString()
  return text.split("\n").slice(0, -1).map(readLine)
}

test("all rows of all tables are in a dump, as they lie there, and are counted", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-dump-"))
  const database = await openSqlite(join(folder, "server.db"))
  context.after(async () => {
    await database.close()
    await rm(folder, { recursive: true })
  })
  await database.write(async ({ sql }) => {
    for (let n = 0; n < 3; n++)
      await sql
        .insertInto("blobs")
        .values({ digest: `ü\n${n}`, size_bytes: n, held_ms: 2 ** 53 - 1 })
        .execute()
    await sql.insertInto("login_delays").values({ subject: '"', failures: 1, last_ms: 0, until_ms: 0 }).execute()
  })
  await database.snapshot(async (snapshot) => {
    const dump = dumpDatabase(snapshot, await tablesOf(snapshot.sql))
    const lines = await readAll(dump.bytes)
    assert.equal(dump.rows(), lines.length)
    assert.deepEqual(
      lines.map(({ table, row }) => [table, row["digest"] ?? row["subject"], row["held_ms"]]),
      [
        ["blobs", "ü\n0", 2 ** 53 - 1],
        ["blobs", "ü\n1", 2 ** 53 - 1],
        ["blobs", "ü\n2", 2 ** 53 - 1],
        ["login_delays", '"', undefined],
      ],
    )
  })
})

test("tables that a migration fills by itself are not dumped, and all others are, in one order", async (context) => {
  const { read } = await memoryDatabase(context)
  const tables = await tablesOf(read)
  assert.deepEqual(tables, tables.toSorted())
  for (const name of ["audit", "files", "jobs", "users"]) assert.ok(tables.includes(name), name)
  assert.ok(tables.every((name) => !name.startsWith("schema_") && !name.startsWith("sqlite_")))
})

test("a dump that cannot be read to its end fails, and no part of it looks whole", async () => {
  async function* rows(): AsyncGenerator<readonly TableRow[]> {
    yield [{ a: 1, b: new Uint8Array([0, 255]) }]
    throw new RangeError("the database went away")
  }
  const dump = dumpDatabase({ rows } as unknown as Snapshot, ["files"])
  await assert.rejects(readAll(dump.bytes), /the database went away/)
  assert.equal(dump.rows(), 1)
})

const MANIFEST = {
  ...{ format: BACKUP_FORMAT, made: "2026-01-01T00:00:00Z", server: "1.0.0" },
  database: { digest: `sha256:${"a".repeat(64)}`, sizeBytes: 1, rows: 0, steps: ["0001-events"] },
  blobs: { count: 0, sizeBytes: 0 },
}

test("a document of a backup is read, whatever a later program adds to it", () => {
  assert.deepEqual(readManifest(JSON.stringify({ ...MANIFEST, more: 1 }), "p"), MANIFEST)
})

test("what is no document of a backup, or of another format, is told with where it lies", () => {
  const { database } = MANIFEST
  for (const document of [
    null,
    [],
    "text",
    {},
    { ...MANIFEST, format: "geartrain.backup/2" },
    { ...MANIFEST, blobs: undefined },
    { ...MANIFEST, database: { ...database, digest: `sha256:${"A".repeat(64)}` } },
    { ...MANIFEST, database: { ...database, digest: `sha256:${"a".repeat(64)}/../x` } },
    { ...MANIFEST, database: { ...database, steps: [1] } },
    { ...MANIFEST, database: { ...database, rows: "1" } },
  ])
    assert.throws(() => readManifest(JSON.stringify(document), "backups/x.json"), {
      code: "BACKUP_DAMAGED",
      message: 'Cannot read backup "backups/x.json": it is no document of a backup',
    })
  assert.throws(() => readManifest('{"format"', "p"), { code: "BACKUP_DAMAGED" })
})
