import assert from "node:assert/strict"
import { link, readdir, truncate, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { isGeartrainError } from "@geartrain/spec"
import { listVersions } from "../../../src/server/archive/files/read-files.ts"
import { setQuota } from "../../../src/server/archive/places/change-place.ts"
import { usageOf } from "../../../src/server/archive/places/usage.ts"
import { trashPlace } from "../../../src/server/archive/trash/trash-place.ts"
import { appendUpload } from "../../../src/server/archive/uploads/append-upload.ts"
import { createUpload } from "../../../src/server/archive/uploads/create-upload.ts"
import { expireUploads } from "../../../src/server/archive/uploads/expire-uploads.ts"
import { dropUpload, finishUpload } from "../../../src/server/archive/uploads/finish-upload.ts"
import { getUpload } from "../../../src/server/archive/uploads/read-upload.ts"
import { uploadWhole } from "../../../src/server/archive/uploads/upload-whole.ts"
import { readEvents } from "../../../src/server/database/events/read-events.ts"
import { onDatabases } from "../on-databases.ts"
import { archiveBench, bytesOf, digestOf, textOf } from "./archive-bench.ts"

const refusal = (code: Parameters<typeof isGeartrainError>[1]) => (error: unknown) => isGeartrainError(error, code)

onDatabases((databases) => {
  databases.test(
    "bytes come in chunks, some of them twice, and make a file with a type and a digest",
    async (context) => {
      const bench = await archiveBench(context, await databases.open(context))
      const { ports, writer } = bench
      const content = "0123456789abcdefghij"
      const { id } = await createUpload(ports, writer, {
        place: bench.acquisition,
        name: "t1.nii.gz",
        sizeBytes: 20,
        expected: digestOf(content),
      })
      const send = async (offset: number, text: string) =>
        (await appendUpload(ports, writer, { id, offset, bytes: bytesOf(text) })).receivedBytes
      assert.equal(await send(0, content.slice(0, 8)), 8)
      assert.equal(await send(0, content.slice(0, 8)), 8, "the same again changes nothing")
      assert.equal(await send(4, content.slice(4, 12)), 12, "what is there already is passed over")
      await assert.rejects(
        send(13, "x"),
        (error) => isGeartrainError(error, "UPLOAD_OFFSET_WRONG") && error.details["receivedBytes"] === 12,
      )
      await assert.rejects(finishUpload(ports, writer, id), refusal("UPLOAD_UNFIT"), "bytes are missing")
      await assert.rejects(send(12, `${content.slice(12)}more`), refusal("UPLOAD_UNFIT"))
      assert.equal(await send(12, content.slice(12)), 20)
      const { file, isNew } = await finishUpload(ports, writer, id)
      assert.deepEqual(
        [file.type, file.digest, file.sizeBytes, file.version, isNew],
        ["nifti", digestOf(content), 20, 1, true],
      )
      assert.deepEqual((await finishUpload(ports, writer, id)).file.id, file.id, "the same again answers the same")
      assert.equal(await textOf(ports.blobs.get(digestOf(content))), content)
      assert.deepEqual(await readdir(ports.uploadFolder), [], "nothing is left on the way")
      const [event] = await readEvents(ports.database.read, { after: 0, limit: 10, kinds: ["file.saved"] })
      assert.deepEqual(event?.data, {
        file: file.id,
        place: bench.acquisition,
        version: 1,
        name: "t1.nii.gz",
        type: "nifti",
        digest: file.digest,
      })
    },
  )

  databases.test(
    "another content is another version, the same content is none, and is stored once",
    async (context) => {
      const bench = await archiveBench(context, await databases.open(context))
      const { ports, reader } = bench
      const first = await bench.upload(bench.session, "notes.txt", "one")
      assert.equal((await bench.upload(bench.session, "notes.txt", "one")).version, 1)
      const second = await bench.upload(bench.session, "notes.txt", "two")
      assert.deepEqual([second.id, second.version], [first.id, 2])
      await bench.upload(bench.subject, "copy.txt", "one")
      const versions = await listVersions(ports, reader, { file: first.id, limit: 10 })
      assert.deepEqual(
        versions.items.map(({ version, digest, origin }) => [version, digest, origin]),
        [
          [2, digestOf("two"), "user"],
          [1, digestOf("one"), "user"],
        ],
      )
      const stored: string[] = []
      for await (const { digest } of ports.blobs.list?.() ?? []) stored.push(digest)
      assert.deepEqual(stored.sort(), [digestOf("one"), digestOf("two")].sort())
      assert.deepEqual(await usageOf(ports.database.read, bench.project), { bytes: 9, versions: 3 })
    },
  )

  databases.test(
    "many who upload the same name at once make one file, with a version for each content",
    async (context) => {
      const bench = await archiveBench(context, await databases.open(context))
      const contents = Array.from({ length: 12 }, (_, n) => `content ${n % 6}`)
      const files = await Promise.all(contents.map((content) => bench.upload(bench.session, "a.txt", content)))
      assert.equal(new Set(files.map(({ id }) => id)).size, 1)
      const versions = (await listVersions(bench.ports, bench.reader, { file: files[0]?.id ?? "", limit: 100 })).items
      assert.deepEqual(
        versions.map(({ version }) => version),
        versions.map((_, index) => versions.length - index),
      )
      assert.equal(new Set(versions.map(({ digest }) => digest)).size, 6)
    },
  )

  databases.test("what has another digest than was announced is no file, and its upload is gone", async (context) => {
    const bench = await archiveBench(context, await databases.open(context))
    const { ports, writer } = bench
    const { id } = await createUpload(ports, writer, { place: bench.session, name: "a", expected: digestOf("right") })
    await appendUpload(ports, writer, { id, offset: 0, bytes: bytesOf("wrong") })
    await assert.rejects(finishUpload(ports, writer, id), refusal("UPLOAD_UNFIT"))
    await assert.rejects(getUpload(ports, writer, id), refusal("UPLOAD_NOT_FOUND"))
    assert.deepEqual(await readEvents(ports.database.read, { after: 0, limit: 10, kinds: ["file.saved"] }), [])
  })

  databases.test("a line that is cut keeps what came, and a later request goes on from there", async (context) => {
    const bench = await archiveBench(context, await databases.open(context))
    const { ports, writer } = bench
    const { id } = await createUpload(ports, writer, { place: bench.session, name: "a", sizeBytes: 10 })
    async function* cut(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("0123")
      throw Object.assign(new Error("aborted"), { code: "ECONNRESET" })
    }
    await assert.rejects(appendUpload(ports, writer, { id, offset: 0, bytes: cut() }), refusal("UPLOAD_CUT"))
    assert.equal((await getUpload(ports, writer, id)).receivedBytes, 4)
    await appendUpload(ports, writer, { id, offset: 4, bytes: bytesOf("456789") })
    assert.equal((await finishUpload(ports, writer, id)).file.digest, digestOf("0123456789"))
    await assert.rejects(
      uploadWhole(ports, writer, { place: bench.session, name: "b", bytes: cut() }),
      refusal("UPLOAD_CUT"),
    )
    assert.deepEqual(await readdir(ports.uploadFolder), [], "of one that was to come whole nothing stays")
  })

  databases.test("a client that comes again while we still wait for it takes over", async (context) => {
    const bench = await archiveBench(context, await databases.open(context))
    const { ports, writer } = bench
    const { id } = await createUpload(ports, writer, { place: bench.session, name: "a", sizeBytes: 6 })
    const { promise: stalled, reject: hangUp } = Promise.withResolvers<never>()
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    async function* stalling(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("abc")
      begin()
      await stalled
    }
    const bytes = Object.assign(stalling(), { destroy: (error: Error) => hangUp(error) })
    const first = assert.rejects(appendUpload(ports, writer, { id, offset: 0, bytes }), refusal("UPLOAD_CUT"))
    await begun
    assert.equal((await appendUpload(ports, writer, { id, offset: 0, bytes: bytesOf("abcdef") })).receivedBytes, 6)
    await first
    assert.equal((await finishUpload(ports, writer, id)).file.digest, digestOf("abcdef"))
  })

  databases.test("what a killed server wrote without writing it down is not taken for received", async (context) => {
    const bench = await archiveBench(context, await databases.open(context))
    const { ports, writer } = bench
    const { id } = await createUpload(ports, writer, { place: bench.session, name: "a", sizeBytes: 6 })
    await appendUpload(ports, writer, { id, offset: 0, bytes: bytesOf("abc") })
    const path = join(ports.uploadFolder, id)
    await truncate(path, 1000)
    await assert.rejects(finishUpload(ports, writer, id), refusal("UPLOAD_UNFIT"))
    await appendUpload(ports, writer, { id, offset: 3, bytes: bytesOf("def") })
    assert.equal((await finishUpload(ports, writer, id)).file.digest, digestOf("abcdef"))
  })

  databases.test(
    "a server killed between the store and the database finishes at the second try, and damages nothing",
    async (context) => {
      const bench = await archiveBench(context, await databases.open(context))
      const { ports, writer } = bench
      const { id } = await createUpload(ports, writer, { place: bench.session, name: "a" })
      await appendUpload(ports, writer, { id, offset: 0, bytes: bytesOf("abc") })
      // As far as it got: the file is the blob, by another name.
      await ports.blobs.adopt?.(join(ports.uploadFolder, id), { keep: true })
      assert.equal((await appendUpload(ports, writer, { id, offset: 3, bytes: bytesOf("more") })).receivedBytes, 3)
      assert.equal((await finishUpload(ports, writer, id)).file.digest, digestOf("abc"))
      assert.equal(await textOf(ports.blobs.get(digestOf("abc"))), "abc")
    },
  )

  databases.test("an upload is its maker's, and ends with the place that it goes to", async (context) => {
    const bench = await archiveBench(context, await databases.open(context))
    const { ports, writer, admin, stranger, reader } = bench
    await assert.rejects(createUpload(ports, reader, { place: bench.session, name: "a" }), refusal("NOT_PERMITTED"))
    await assert.rejects(createUpload(ports, stranger, { place: bench.session, name: "a" }), refusal("PLACE_NOT_FOUND"))
    for (const name of ["", "..", "a/b", "a\0", "é".repeat(128), "a\u0007"])
      await assert.rejects(
        createUpload(ports, writer, { place: bench.session, name }),
        refusal("NAME_UNFIT"),
        JSON.stringify(name),
      )
    const { id } = await createUpload(ports, writer, { place: bench.session, name: "é".repeat(127) })
    for (const other of [admin, stranger]) {
      await assert.rejects(getUpload(ports, other, id), refusal("UPLOAD_NOT_FOUND"))
      await assert.rejects(
        appendUpload(ports, other, { id, offset: 0, bytes: bytesOf("x") }),
        refusal("UPLOAD_NOT_FOUND"),
      )
      await assert.rejects(finishUpload(ports, other, id), refusal("UPLOAD_NOT_FOUND"))
    }
    await trashPlace(ports, admin, { id: bench.session })
    await assert.rejects(finishUpload(ports, writer, id), refusal("UPLOAD_NOT_FOUND"))
  })

  databases.test("a project keeps no more than its quota, whoever comes at once", async (context) => {
    const bench = await archiveBench(context, await databases.open(context))
    const { ports, writer, admin } = bench
    await setQuota(ports, admin, { project: bench.project, quotaBytes: 25 })
    await assert.rejects(
      createUpload(ports, writer, { place: bench.session, name: "a", sizeBytes: 26 }),
      refusal("QUOTA_EXCEEDED"),
    )
    const results = await Promise.allSettled(
      ["a", "b", "c", "d"].map((name) => bench.upload(bench.session, name, name.repeat(10))),
    )
    assert.equal(results.filter(({ status }) => status === "fulfilled").length, 2)
    for (const result of results)
      if (result.status === "rejected") assert.ok(isGeartrainError(result.reason, "QUOTA_EXCEEDED"))
    assert.equal((await usageOf(ports.database.read, bench.project)).bytes, 20)
    await setQuota(ports, admin, { project: bench.project, quotaBytes: undefined })
    await bench.upload(bench.session, "e", "x".repeat(100))
  })

  databases.test("uploads that nobody goes on with are forgotten, with their bytes; others stay", async (context) => {
    const bench = await archiveBench(context, await databases.open(context))
    const { ports, writer } = bench
    const old = await createUpload(ports, writer, { place: bench.session, name: "old" })
    const young = await createUpload(ports, writer, { place: bench.session, name: "young" })
    const dropped = await createUpload(ports, writer, { place: bench.session, name: "dropped" })
    await dropUpload(ports, writer, dropped.id)
    await ports.database.write(({ sql }) =>
      sql.updateTable("uploads").set({ expires_ms: 1 }).where("id", "=", old.id).execute(),
    )
    await assert.rejects(getUpload(ports, writer, old.id), refusal("UPLOAD_NOT_FOUND"))
    await writeFile(join(ports.uploadFolder, "not-ours"), "")
    assert.equal(await expireUploads(ports), 1)
    assert.deepEqual((await readdir(ports.uploadFolder)).sort(), [young.id, "not-ours"].sort())
    await link(join(ports.uploadFolder, young.id), join(ports.uploadFolder, "f".repeat(24)))
    assert.equal(await expireUploads(ports), 0, "a stray one may be of an upload that begins just now")
  })
})
