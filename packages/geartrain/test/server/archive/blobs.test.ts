import assert from "node:assert/strict"
import { chmod, readFile, rm, writeFile } from "node:fs/promises"
import { type Digest, isGeartrainError } from "@geartrain/spec"
import { checkFiles, type DamagedBlob } from "../../../src/server/archive/blobs/check-files.ts"
import { putBlob } from "../../../src/server/archive/blobs/put-blob.ts"
import { removeUnneeded } from "../../../src/server/archive/blobs/remove-blobs.ts"
import { usageOf } from "../../../src/server/archive/places/usage.ts"
import { purgeTrash } from "../../../src/server/archive/trash/purge-trash.ts"
import { restoreFile, trashFile } from "../../../src/server/archive/trash/trash-file.ts"
import { trashPlace } from "../../../src/server/archive/trash/trash-place.ts"
import { readEvents } from "../../../src/server/database/events/read-events.ts"
import { onDatabases } from "../on-databases.ts"
import { type ArchiveBench, archiveBench, bytesOf, digestOf } from "./archive-bench.ts"

/** Bytes that are needed from now on, and none from before. */
const NOT_HELD = { heldMs: -1 }

async function stored(bench: ArchiveBench): Promise<readonly string[]> {
  const digests: string[] = []
  for await (const { digest } of bench.ports.blobs.list?.() ?? []) digests.push(digest)
  return digests.sort()
}

async function checked(
  bench: ArchiveBench,
): Promise<{ readonly blobs: number; readonly damaged: readonly DamagedBlob[] }> {
  const damaged: DamagedBlob[] = []
  let blobs = 0
  for await (const step of checkFiles(bench.ports)) {
    blobs = step.blobs
    if (step.damaged !== undefined) damaged.push(step.damaged)
  }
  return { blobs, damaged }
}

onDatabases((databases) => {
  databases.test(
    "what has lain in the trash for long goes with all its versions; its bytes, if nobody else has them",
    async (context) => {
      const bench = await archiveBench(context, await databases.open(context))
      const { ports, writer, admin } = bench
      const { id } = await bench.upload(bench.acquisition, "a", "one")
      await bench.upload(bench.acquisition, "a", "two")
      await bench.upload(bench.session, "b", "two")
      await trashFile(ports, writer, { id })
      assert.deepEqual(await purgeTrash(ports, { retentionMs: 60_000 }), { files: 0, places: 0 })
      await removeUnneeded(ports, NOT_HELD)
      assert.equal((await stored(bench)).length, 2, "what is in the trash is needed")
      await restoreFile(ports, writer, id)
      await trashFile(ports, writer, { id })
      assert.deepEqual(await purgeTrash(ports, { retentionMs: -1 }), { files: 1, places: 0 })
      assert.deepEqual(await usageOf(ports.database.read, bench.project), { bytes: 3, versions: 1 })
      assert.deepEqual(await removeUnneeded(ports), { count: 0, bytes: 0 }, "for a day they stay all the same")
      assert.deepEqual(await removeUnneeded(ports, NOT_HELD), { count: 1, bytes: 3 })
      assert.deepEqual(await stored(bench), [digestOf("two")])
      await trashPlace(ports, admin, { id: bench.subject })
      assert.deepEqual(await purgeTrash(ports, { retentionMs: -1 }), { files: 1, places: 3 })
      assert.deepEqual(await removeUnneeded(ports, NOT_HELD), { count: 1, bytes: 3 })
      const purged = await readEvents(ports.database.read, {
        after: 0,
        limit: 100,
        kinds: ["file.purged", "place.purged"],
      })
      assert.deepEqual(
        purged.map(({ kind, subject }) => [kind, subject]),
        [
          ["file.purged", id],
          ["place.purged", bench.subject],
        ],
      )
    },
  )

  databases.test("bytes that another room refers to, or that were just stored, stay", async (context) => {
    const needed = digestOf("a job's log")
    const bench = await archiveBench(context, await databases.open(context), {
      references: [async (_queries, digests) => digests.filter((digest) => digest === needed)],
    })
    const { ports } = bench
    await putBlob(ports, bytesOf("a job's log"), needed)
    await putBlob(ports, bytesOf("nobody's"), digestOf("nobody's"))
    await ports.blobs.put(bytesOf("a killed server's"))
    assert.deepEqual(await removeUnneeded(ports), { count: 0, bytes: 0 })
    assert.deepEqual(await removeUnneeded(ports, NOT_HELD), { count: 2, bytes: 25 })
    assert.deepEqual(await stored(bench), [needed])
    await assert.rejects(putBlob(ports, bytesOf("other"), needed), (error) =>
      isGeartrainError(error, "BLOB_DIGEST_MISMATCH"),
    )
  })

  databases.test("bytes that are saved while they are being removed are there afterwards", async (context) => {
    const bench = await archiveBench(context, await databases.open(context))
    const { ports } = bench
    for (let round = 0; round < 10; round++) {
      const { id } = await bench.upload(bench.session, `${round}`, "again and again")
      await trashFile(ports, bench.writer, { id })
      await purgeTrash(ports, { retentionMs: -1 })
      await Promise.all([
        removeUnneeded(ports, NOT_HELD),
        bench.upload(bench.session, `kept ${round}`, "again and again"),
      ])
      assert.deepEqual((await checked(bench)).damaged, [])
      await removeUnneeded(ports, NOT_HELD)
      assert.deepEqual(await stored(bench), [digestOf("again and again")])
    }
  })

  databases.test("a damaged byte and a missing blob are found, with every file that is hit", async (context) => {
    const bench = await archiveBench(context, await databases.open(context))
    const { ports } = bench
    await bench.upload(bench.session, "whole", "whole")
    const one = await bench.upload(bench.session, "one", "damaged")
    const two = await bench.upload(bench.subject, "two", "damaged")
    await bench.upload(bench.subject, "two", "newer")
    const gone = await bench.upload(bench.subject, "gone", "gone")
    const path = await ports.blobs.locate?.(one.digest as Digest)
    const bytes = await readFile(path ?? "")
    bytes[3] = (bytes[3] ?? 0) ^ 1
    await chmod(path ?? "", 0o644)
    await writeFile(path ?? "", bytes)
    await rm((await ports.blobs.locate?.(gone.digest as Digest)) ?? "")
    const check = await checked(bench)
    assert.equal(check.blobs, 4)
    const found = check.damaged.map(({ digest, problem, versions }) => [
      digest,
      problem,
      versions.map(({ file, version }) => `${file}@${version}`).sort(),
    ])
    assert.deepEqual(
      found.sort(),
      [
        [digestOf("damaged"), "damaged", [`${one.id}@1`, `${two.id}@1`].sort()],
        [digestOf("gone"), "missing", [`${gone.id}@1`]],
      ].sort(),
    )
  })
})
