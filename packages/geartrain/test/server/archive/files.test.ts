import assert from "node:assert/strict"
import { isGeartrainError } from "@geartrain/spec"
import { changeCollection, createCollection } from "../../../src/server/archive/collections/change-collection.ts"
import { getCollection, listCollections, listItems } from "../../../src/server/archive/collections/read-collections.ts"
import { changeFile } from "../../../src/server/archive/files/change-file.ts"
import { getFile, getFileByName, listFiles, listVersions } from "../../../src/server/archive/files/read-files.ts"
import { addNote, createAnalysis } from "../../../src/server/archive/places/analyses.ts"
import { createPlace } from "../../../src/server/archive/places/create-place.ts"
import { getPlace } from "../../../src/server/archive/places/read-places.ts"
import { listTrashedFiles } from "../../../src/server/archive/trash/list-trash.ts"
import { restoreFile, trashFile } from "../../../src/server/archive/trash/trash-file.ts"
import { createUpload } from "../../../src/server/archive/uploads/create-upload.ts"
import { onDatabases } from "../on-databases.ts"
import { archiveBench } from "./archive-bench.ts"

const refusal = (code: Parameters<typeof isGeartrainError>[1]) => (error: unknown) => isGeartrainError(error, code)
const names = (page: { readonly items: readonly { readonly name: string }[] }): string[] =>
  page.items.map(({ name }) => name)

onDatabases((databases) => {
  databases.test(
    "files are found by glob, type, tag and modality, in one place or all below it, page by page",
    async (context) => {
      const bench = await archiveBench(context, await databases.open(context))
      const { ports, reader, writer } = bench
      const t1 = await bench.upload(bench.acquisition, "T1_a.nii.gz", "1")
      await bench.upload(bench.acquisition, "t1_b.nii.gz", "2")
      await bench.upload(bench.session, "100%_sure!.txt", "3")
      await bench.upload(bench.session, "100x_sure!.txt", "4")
      await bench.upload(bench.project, "README", "5")
      await changeFile(ports, writer, { id: t1.id, patch: { addTags: ['say "cheese"', "Q"], set: { modality: "MR" } } })
      const list = async (filter: object) =>
        names(await listFiles(ports, reader, { place: bench.project, below: true, limit: 100, ...filter }))
      assert.equal((await list({})).length, 5)
      assert.deepEqual(await list({ name: "t1*" }), ["T1_a.nii.gz", "t1_b.nii.gz"])
      assert.deepEqual(await list({ name: "100%*" }), ["100%_sure!.txt"], "only * and ? stand for others")
      assert.deepEqual(await list({ name: "t1_?.nii.gz", type: "nifti" }), ["T1_a.nii.gz", "t1_b.nii.gz"])
      assert.deepEqual(await list({ tag: 'say "cheese"' }), ["T1_a.nii.gz"])
      assert.deepEqual(
        [await list({ tag: "q" }), await list({ tag: "%" }), await list({ tag: "cheese" })],
        [[], [], []],
      )
      assert.deepEqual([await list({ modality: "MR" }), await list({ type: "none" })], [["T1_a.nii.gz"], []])
      assert.deepEqual(names(await listFiles(ports, reader, { place: bench.session, limit: 100 })), [
        "100%_sure!.txt",
        "100x_sure!.txt",
      ])
      const seen: string[] = []
      for (let cursor: string | undefined; ; ) {
        const page = await listFiles(ports, reader, { place: bench.project, below: true, limit: 2, cursor })
        seen.push(...names(page))
        if (page.next === undefined) break
        cursor = page.next
      }
      assert.deepEqual(seen, await list({}))
    },
  )

  databases.test("files come with the labels on the way to them, from the place that was asked", async (context) => {
    const bench = await archiveBench(context, await databases.open(context))
    const { ports, reader } = bench
    for (const place of [bench.project, bench.session, bench.acquisition]) await bench.upload(place, "a.txt", place)
    const made = { type: "analysis", parent: bench.session, label: "stats" } as const
    const analysis = await createPlace(ports, bench.writer, made)
    await bench.upload(analysis.id, "result.csv", "1,2")
    const labels = async (place: string): Promise<readonly string[]> =>
      (await listFiles(ports, reader, { place, below: true, labels: true, limit: 10 })).items.map((file) =>
        [...(file.labels ?? ["unknown"]), file.name].join("/"),
      )
    const { path } = await getPlace(ports, reader, bench.acquisition)
    const steps = path.split("/").slice(2)
    // Places lie by their ids.
    assert.deepEqual((await labels(bench.project)).toSorted(), [
      "a.txt",
      `${steps.join("/")}/a.txt`,
      `${steps.slice(0, 2).join("/")}/a.txt`,
      `${steps.slice(0, 2).join("/")}/analyses/stats/result.csv`,
    ])
    assert.deepEqual(await labels(bench.acquisition), ["a.txt"])
    const plain = await listFiles(ports, reader, { place: bench.session, below: true, limit: 10 })
    assert.ok(plain.items.every((file) => file.labels === undefined))
  })

  databases.test("what is known of a file changes leaf by leaf, and stays with its next version", async (context) => {
    const bench = await archiveBench(context, await databases.open(context))
    const { ports, writer, reader, stranger } = bench
    const { id } = await bench.upload(bench.session, "a.txt", "one")
    const changed = await changeFile(ports, writer, {
      id,
      revision: 1,
      patch: {
        set: { type: "notes", classification: { Intent: ["Structural"], Features: ["x"] }, info: { qc: { ok: true } } },
        addTags: ["seen"],
      },
    })
    assert.equal(changed.revision, 2)
    const more = await changeFile(ports, writer, {
      id,
      patch: { set: { classification: { Features: ["y"] }, info: {} }, unset: [["mimetype"]] },
    })
    assert.deepEqual(more.classification, { Intent: ["Structural"], Features: ["y"] })
    assert.deepEqual([more.info, more.mimetype], [{ qc: { ok: true } }, "application/octet-stream"])
    await bench.upload(bench.session, "a.txt", "two")
    const now = await getFileByName(ports, reader, { place: bench.session, name: "a.txt" })
    assert.deepEqual([now.version, now.type, now.tags, now.info], [2, "notes", ["seen"], { qc: { ok: true } }])
    await assert.rejects(
      changeFile(ports, writer, { id, revision: 1, patch: { addTags: ["x"] } }),
      refusal("ETAG_MISMATCH"),
    )
    await assert.rejects(changeFile(ports, reader, { id, patch: { addTags: ["x"] } }), refusal("NOT_PERMITTED"))
    for (const ask of [
      () => getFile(ports, stranger, id),
      () => listVersions(ports, stranger, { file: id, limit: 1 }),
      () => trashFile(ports, stranger, { id }),
    ])
      await assert.rejects(ask(), refusal("ARCHIVE_FILE_NOT_FOUND"))
    for (const patch of [
      { set: { classification: "x" } },
      { set: { zip_member_count: 0.5 } },
      { set: { digest: "x" } },
      { unset: [["tags"]] },
    ])
      await assert.rejects(
        changeFile(ports, writer, { id, patch: patch as never }),
        refusal("METADATA_UNFIT"),
        JSON.stringify(patch),
      )
    await assert.rejects(changeFile(ports, writer, { id, patch: { addTags: ["a\nb"] } }), refusal("NAME_UNFIT"))
    await assert.rejects(
      getFileByName(ports, reader, { place: bench.session, name: "a\0" }),
      refusal("ARCHIVE_FILE_NOT_FOUND"),
    )
  })

  databases.test("a file goes into the trash and comes back, unless another has its name by then", async (context) => {
    const bench = await archiveBench(context, await databases.open(context))
    const { ports, writer, reader } = bench
    const { id } = await bench.upload(bench.session, "a.txt", "one")
    await trashFile(ports, writer, { id, revision: 1 })
    await assert.rejects(getFile(ports, reader, id), refusal("ARCHIVE_FILE_NOT_FOUND"))
    assert.deepEqual(names(await listTrashedFiles(ports, reader, { project: bench.project, limit: 10 })), ["a.txt"])
    const other = await bench.upload(bench.session, "a.txt", "other")
    assert.deepEqual([other.id === id, other.version], [false, 1])
    await assert.rejects(restoreFile(ports, writer, id), refusal("LABEL_TAKEN"))
    await assert.rejects(restoreFile(ports, reader, id), refusal("NOT_PERMITTED"))
    await trashFile(ports, writer, { id: other.id })
    assert.equal((await restoreFile(ports, writer, id)).id, id)
    await assert.rejects(restoreFile(ports, writer, id), refusal("ARCHIVE_FILE_NOT_FOUND"))
  })

  databases.test(
    "an analysis keeps what it was made of, and files of a job's come from the job alone",
    async (context) => {
      const bench = await archiveBench(context, await databases.open(context))
      const { ports, writer, stranger } = bench
      const input = await bench.upload(bench.session, "a.txt", "one")
      const analysis = await createAnalysis(ports, writer, {
        parent: bench.session,
        label: "by hand",
        inputs: [input.id],
        description: "what I did",
      })
      await bench.upload(bench.session, "a.txt", "two")
      await bench.upload(analysis.id, "result.csv", "x")
      const noted = await addNote(ports, writer, { id: analysis.id, text: "looks right" })
      assert.deepEqual(
        [noted.inputs.map(({ version, digest }) => [version, digest]), noted.notes.map(({ text }) => text)],
        [[[1, input.digest]], ["looks right"]],
      )
      assert.equal(noted.path, "lab/Memory/sub-01/ses-01/analyses/by hand")
      await assert.rejects(
        createAnalysis(ports, stranger, { parent: bench.otherProject, label: "x", inputs: [input.id] }),
        refusal("ARCHIVE_FILE_NOT_FOUND"),
      )
      await assert.rejects(
        createPlace(ports, writer, { type: "analysis", parent: analysis.id, label: "x" }),
        refusal("PLACE_UNFIT"),
      )
      const made = await createPlace(ports, writer, {
        type: "analysis",
        parent: bench.session,
        label: "by job",
        analysis: { inputs: "[]", job: "f".repeat(24) },
      })
      await assert.rejects(createUpload(ports, writer, { place: made.id, name: "forged" }), refusal("PLACE_UNFIT"))
    },
  )

  databases.test("a collection lists what each may see of it, and nothing is copied", async (context) => {
    const bench = await archiveBench(context, await databases.open(context))
    const { ports, writer, reader, admin, stranger } = bench
    const file = await bench.upload(bench.session, "a.txt", "one")
    const hidden = await createPlace(ports, admin, { type: "subject", parent: bench.otherProject, label: "sub-09" })
    const { id } = await createCollection(ports, writer, { project: bench.project, label: "good ones" })
    await changeCollection(ports, writer, { id, addPlaces: [bench.session], addFiles: [file.id], revision: 1 })
    await assert.rejects(changeCollection(ports, writer, { id, addPlaces: [hidden.id] }), refusal("PLACE_NOT_FOUND"))
    await changeCollection(ports, admin, { id, addPlaces: [hidden.id, bench.session] })
    await assert.rejects(changeCollection(ports, writer, { id, revision: 1, label: "x" }), refusal("ETAG_MISMATCH"))
    assert.equal((await listItems(ports, admin, { collection: id, limit: 10 })).items.length, 3)
    const seen = (await listItems(ports, reader, { collection: id, limit: 10 })).items
    assert.deepEqual(
      seen.map((item) => (item.kind === "file" ? item.file.id : item.place.id)).sort(),
      [bench.session, file.id].sort(),
    )
    await assert.rejects(getCollection(ports, stranger, id), refusal("COLLECTION_NOT_FOUND"))
    await changeCollection(ports, writer, { id, remove: [file.id] })
    await trashFile(ports, writer, { id: file.id })
    assert.equal((await listItems(ports, reader, { collection: id, limit: 10 })).items.length, 1)
    await changeCollection(ports, writer, { id, isDeleted: true })
    assert.deepEqual((await listCollections(ports, reader, { project: bench.project, limit: 10 })).items, [])
    await assert.rejects(getCollection(ports, reader, id), refusal("COLLECTION_NOT_FOUND"))
  })
})
