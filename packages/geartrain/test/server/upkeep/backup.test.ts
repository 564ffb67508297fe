import assert from "node:assert/strict"
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { memoryBlobStore } from "@geartrain/ports/fakes"
import { isGeartrainError } from "@geartrain/spec"
import { backUpServer } from "../../../src/compose/server/back-up-server.ts"
import { readEvents } from "../../../src/server/database/events/read-events.ts"
import { STEPS } from "../../../src/server/database/migrations/all-steps.ts"
import { takenSteps } from "../../../src/server/database/migrations/taken-steps.ts"
import { openSqlite } from "../../../src/server/database/sqlite/open-sqlite.ts"
import { restoreBackup } from "../../../src/server/upkeep/backup/read-backup.ts"
import { writeBackup } from "../../../src/server/upkeep/backup/write-backup.ts"
import { onDatabases } from "../on-databases.ts"

onDatabases((bench) => {
  bench.test("a backup of one database fills another, of either kind, with the same rows", async (context) => {
    const place = await newPlace(context)
    const database = await bench.open(context)
    await database.write(async (write) => {
      for (let n = 0; n < 1500; n++) {
        await write.event({ kind: "test.made", subject: String(n), data: { "ä\n": [n, null] } })
      }
    })
    const { path, manifest } = await writeBackup({ database, blobs: memoryBlobStore(), version: "1" }, place)
    assert.equal(manifest.database.rows, 1500)
    const expected = await readEvents(database.read, { after: 0, limit: 2000 })
    for (const openDatabase of [sqliteAt(join(place.folder, "restored.db"))]) {
      await restoreBackup(path, place.blobs, { openDatabase, blobs: memoryBlobStore() })
      const restored = await openDatabase()
      assert.deepEqual(await readEvents(restored.read, { after: 0, limit: 2000 }), expected)
      // What comes next has a number of its own.
      await restored.write((write) => write.event({ kind: "test.made", subject: "next" }))
      assert.equal((await readEvents(restored.read, { after: 0, limit: 2000 })).length, 1501)
      await restored.close()
    }
  })

  bench.test("a backup of SQLite fills this database, which goes on counting after it", async (context) => {
    const place = await newPlace(context)
    const source = await sqliteAt(join(place.folder, "source.db"))()
    await source.write((write) => write.event({ kind: "test.made", subject: "a" }))
    const { path } = await writeBackup({ database: source, blobs: memoryBlobStore(), version: "1" }, place)
    await source.close()
    const target = await bench.open(context)
    await restoreBackup(path, place.blobs, { openDatabase: () => bench.again(context), blobs: memoryBlobStore() })
    await target.write((write) => write.event({ kind: "test.made", subject: "b" }))
    const events = await readEvents(target.read, { after: 0, limit: 10 })
    assert.deepEqual(
      events.map(({ seq, subject }) => [seq, subject]),
      [
        [1, "a"],
        [2, "b"],
      ],
    )
    await assert.rejects(
      restoreBackup(path, place.blobs, { openDatabase: () => bench.again(context), blobs: memoryBlobStore() }),
      (error) => isGeartrainError(error, "DATABASE_NOT_EMPTY"),
    )
  })

  bench.test(
    "a server of an older schema is copied as it is, and is brought up to date when it is restored",
    async (context) => {
      const place = await newPlace(context)
      const older = Object.fromEntries(Object.entries(STEPS).slice(0, 3))
      await bench.open(context, { steps: older })
      const running = await bench.again(context, { steps: "as it is" })
      await running.write((write) => write.event({ kind: "test.made", subject: "a" }))
      const { path, manifest } = await writeBackup({ database: running, blobs: memoryBlobStore(), version: "2" }, place)
      assert.deepEqual(manifest.database.steps, Object.keys(older))
      assert.deepEqual(await takenSteps(running.read), Object.keys(older), "nothing was changed")
      const openDatabase = sqliteAt(join(place.folder, "restored.db"))
      await restoreBackup(path, place.blobs, { openDatabase, blobs: memoryBlobStore() })
      const restored = await openDatabase({ steps: "as it is" })
      context.after(() => restored.close())
      assert.deepEqual(await takenSteps(restored.read), Object.keys(STEPS))
      assert.equal((await readEvents(restored.read, { after: 0, limit: 10 }))[0]?.subject, "a")
    },
  )

  bench.test("a database that a newer server has changed is not opened, not even as it is", async (context) => {
    const ofTomorrow = { ...STEPS, "9999-of-tomorrow": async () => undefined }
    await bench.open(context, { steps: ofTomorrow })
    await assert.rejects(
      bench.again(context, { steps: "as it is" }),
      (error) => isGeartrainError(error, "DATABASE_TOO_NEW") && error.message.includes("9999-of-tomorrow"),
    )
  })

  bench.test("a manifest or dump that was changed is refused, and nothing is filled", async (context) => {
    const place = await newPlace(context)
    const source = await sqliteAt(join(place.folder, "source.db"))()
    await source.write((write) => write.event({ kind: "test.made", subject: "a" }))
    const { path } = await writeBackup({ database: source, blobs: memoryBlobStore(), version: "1" }, place)
    await source.close()
    const whole = await readFile(path, "utf8")
    const target = await bench.open(context)
    const restore = (): Promise<unknown> =>
      restoreBackup(path, place.blobs, { openDatabase: () => bench.again(context), blobs: memoryBlobStore() })
    for (const [text, code] of [
      [whole.replace('"rows": 1', '"rows": 2'), "BACKUP_DAMAGED"],
      [whole.replace("geartrain.backup/1", "geartrain.backup/9"), "BACKUP_DAMAGED"],
      ["no document", "BACKUP_DAMAGED"],
      [`${whole}${" ".repeat(1024 * 1024)}`, "BACKUP_DAMAGED"],
      [whole.replace('"0001-events"', '"9999-of-tomorrow"'), "DATABASE_TOO_NEW"],
      [whole.replace(/sha256:(.)/, (_, digit) => `sha256:${digit === "0" ? "1" : "0"}`), "BLOB_NOT_FOUND"],
    ] as const) {
      await writeFile(path, text)
      await assert.rejects(restore(), (error) => isGeartrainError(error, code), code)
      assert.deepEqual(await readEvents(target.read, { after: 0, limit: 10 }), [], code)
    }
    assert.equal((await readdir(place.folder)).filter((name) => name.endsWith(".tmp")).length, 0)
  })

  bench.test(
    "bytes that are gone are named, and leave no backup; those that were purged meanwhile need none",
    async (context) => {
      const place = await newPlace(context)
      const database = await bench.open(context)
      const blobs = memoryBlobStore()
      const kept = await blobs.put(only("kept"))
      const gone = await blobs.put(only("gone"))
      await database.write(async ({ sql }) => {
        const place = { id: "p", type: "project", parent: "lab", group_id: "lab", project: "p", lineage: "p/" } as const
        const made = { created_ms: 0, created_by: "ann", modified_ms: 0, revision: 1 }
        const open = { tags: "[]", info: "{}" }
        await sql
          .insertInto("groups")
          .values({ id: "lab", label: "lab", ...made })
          .execute()
        await sql
          .insertInto("places")
          .values({ ...place, label: "p", metadata: "{}", ...open, ...made })
          .execute()
        for (const [id, { digest }] of [
          ["1", kept],
          ["2", gone],
        ] as const) {
          const version = { version: 1, digest, size_bytes: 4, created_ms: 0 }
          const file = { id, place: "p", project: "p", lineage: "p/", name: id, mimetype: "", classification: "{}" }
          await sql
            .insertInto("files")
            .values({ ...file, ...open, ...version, modified_ms: 0, revision: 1 } as never)
            .execute()
          await sql
            .insertInto("file_versions")
            .values({ file: id, ...version, created_by: "ann", origin: "user" })
            .execute()
        }
      })
      await blobs.remove?.(gone.digest)
      await assert.rejects(
        writeBackup({ database, blobs, version: "1" }, place),
        (error) => isGeartrainError(error, "BACKUP_INCOMPLETE") && error.message.includes(gone.digest),
      )
      assert.deepEqual(await readdir(place.folder), [])
      let looked = 0
      const purging = {
        ...blobs,
        get: async function* (digest: typeof gone.digest) {
          if (digest === gone.digest && looked++ === 0) {
            await database.write(({ sql }) => sql.deleteFrom("file_versions").where("digest", "=", digest).execute())
          }
          yield* blobs.get(digest)
        },
      }
      const { manifest, path } = await writeBackup({ database, blobs: purging, version: "1" }, place)
      assert.deepEqual(manifest.blobs, { count: 1, sizeBytes: 4 })
      const again = await writeBackup({ database, blobs, version: "1" }, place)
      assert.equal(again.copied.count, 0)
      const restored = memoryBlobStore()
      const openDatabase = sqliteAt(join(place.folder, "restored.db"))
      await restoreBackup(path, place.blobs, { openDatabase, blobs: restored })
      assert.equal((await restored.stat(kept.digest))?.sizeBytes, 4)
    },
  )
})

test("gear server backup leaves the database of an older server as it is, and refuses one of no server", async (context) => {
  const { folder } = await newPlace(context)
  const data = join(folder, "server")
  await mkdir(data)
  const older = Object.fromEntries(Object.entries(STEPS).slice(0, 2))
  await (await openSqlite(join(data, "server.db"), { steps: older })).close()
  const { manifest } = await backUpServer({ data }, join(folder, "backups"))
  assert.deepEqual(manifest.database.steps, Object.keys(older))
  const after = await openSqlite(join(data, "server.db"), { steps: "as it is" })
  context.after(() => after.close())
  assert.deepEqual(await takenSteps(after.read), Object.keys(older))
  await writeFile(join(folder, "server.db"), "")
  for (const empty of [folder, join(folder, "nowhere")])
    await assert.rejects(backUpServer({ data: empty }, join(folder, "backups")), (error) =>
      isGeartrainError(error, "SERVER_DATA_NOT_FOUND"),
    )
})

async function* only(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

async function newPlace(context: TestContext): Promise<{ folder: string; blobs: ReturnType<typeof memoryBlobStore> }> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-backup-"))
  context.after(() => rm(folder, { recursive: true }))
  return { folder, blobs: memoryBlobStore() }
}

function sqliteAt(path: string): (options?: Parameters<typeof openSqlite>[1]) => ReturnType<typeof openSqlite> {
  return (options) => openSqlite(path, options)
}
