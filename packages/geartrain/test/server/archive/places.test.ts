import assert from "node:assert/strict"
import { isGeartrainError } from "@geartrain/spec"
import { listFiles } from "../../../src/server/archive/files/read-files.ts"
import { changePlace } from "../../../src/server/archive/places/change-place.ts"
import { createPlace } from "../../../src/server/archive/places/create-place.ts"
import { createGroup, getGroup, listGroups } from "../../../src/server/archive/places/groups.ts"
import { movePlace } from "../../../src/server/archive/places/move-place.ts"
import { getPlace, listChildren, listProjects, lookUp } from "../../../src/server/archive/places/read-places.ts"
import { usageOf } from "../../../src/server/archive/places/usage.ts"
import { listTrashedPlaces } from "../../../src/server/archive/trash/list-trash.ts"
import { restorePlace, trashPlace } from "../../../src/server/archive/trash/trash-place.ts"
import { readEvents } from "../../../src/server/database/events/read-events.ts"
import { onDatabases } from "../on-databases.ts"
import { archiveBench } from "./archive-bench.ts"

const refusal = (code: Parameters<typeof isGeartrainError>[1]) => (error: unknown) => isGeartrainError(error, code)

onDatabases((databases) => {
  databases.test("a path leads to a place by labels, by ids, and to a file by its name", async (context) => {
    const bench = await archiveBench(context, await databases.open(context))
    const { ports, reader } = bench
    const file = await bench.upload(bench.acquisition, "t1.nii.gz", "scan")
    const found = await lookUp(ports, reader, "lab/Memory/sub-01/ses-01/T1w/files/t1.nii.gz")
    assert.equal(found.kind === "file" && found.file.id, file.id)
    const byIds = await lookUp(ports, reader, `${bench.session}/T1w`)
    assert.equal(byIds.kind === "place" && byIds.place.path, "lab/Memory/sub-01/ses-01/T1w")
    const mixed = await lookUp(ports, reader, `lab/${bench.project}/${bench.subject}/ses-01`)
    assert.equal(mixed.kind === "place" && mixed.place.id, bench.session)
    const group = await lookUp(ports, reader, "/lab/")
    assert.equal(group.kind === "group" && group.group.id, "lab")
    for (const path of [
      "",
      "lab/No",
      "lab/Memory/files",
      "lab/Memory/files/a/b",
      "lab/Mem\0ory",
      `lab/${bench.subject}`,
      "x/".repeat(500),
    ])
      await assert.rejects(lookUp(ports, reader, path), refusal("PLACE_NOT_FOUND"), JSON.stringify(path))
  })

  databases.test("of another project nothing can be told from what is not there", async (context) => {
    const bench = await archiveBench(context, await databases.open(context))
    const { ports, stranger } = bench
    const told = async (run: Promise<unknown>): Promise<string> =>
      run.then(String, (error: Error) => `${(error as { code?: string }).code} ${error.message}`)
    const nowhere = "0".repeat(24)
    for (const ask of [
      (id: string) => getPlace(ports, stranger, id),
      (id: string) => listChildren(ports, stranger, { parent: id, type: "subject", limit: 10 }),
      (id: string) => listFiles(ports, stranger, { place: id, limit: 10 }),
      (id: string) => changePlace(ports, stranger, { id, patch: { addTags: ["x"] } }),
      (id: string) => createPlace(ports, stranger, { type: "subject", parent: id, label: "x" }),
      (id: string) => trashPlace(ports, stranger, { id }),
      (id: string) => movePlace(ports, stranger, { id, parent: bench.otherProject }),
      (id: string) => lookUp(ports, stranger, id),
    ]) {
      assert.equal((await told(ask(bench.project))).replaceAll(bench.project, nowhere), await told(ask(nowhere)))
    }
    const hidden = await told(lookUp(ports, stranger, "lab/Memory"))
    assert.equal(hidden.replaceAll("Memory", "Nothing"), await told(lookUp(ports, stranger, "lab/Nothing")))
    assert.deepEqual(
      (await listProjects(ports, stranger, { limit: 10 })).items.map(({ label }) => label),
      ["Other"],
    )
  })

  databases.test(
    "a reader may look, and nothing else; only a site's admin makes projects and groups",
    async (context) => {
      const bench = await archiveBench(context, await databases.open(context))
      const { ports, reader, writer } = bench
      await getPlace(ports, reader, bench.session)
      await assert.rejects(
        createPlace(ports, reader, { type: "subject", parent: bench.project, label: "x" }),
        refusal("NOT_PERMITTED"),
      )
      await assert.rejects(
        changePlace(ports, reader, { id: bench.session, patch: { addTags: ["x"] } }),
        refusal("NOT_PERMITTED"),
      )
      await assert.rejects(trashPlace(ports, writer, { id: bench.session }), refusal("NOT_PERMITTED"))
      await assert.rejects(
        createPlace(ports, writer, { type: "project", parent: "lab", label: "x" }),
        refusal("NOT_PERMITTED"),
      )
      await assert.rejects(createGroup(ports, writer, { id: "mine" }), refusal("NOT_PERMITTED"))
      await createGroup(ports, bench.admin, { id: "empty" })
      assert.deepEqual(
        (await listGroups(ports, reader, { limit: 10 })).items.map(({ id }) => id),
        ["lab"],
      )
      await assert.rejects(getGroup(ports, reader, "empty"), refusal("PLACE_NOT_FOUND"))
    },
  )

  databases.test("names that are paths, cannot be seen, or are there already are refused", async (context) => {
    const bench = await archiveBench(context, await databases.open(context))
    const { ports, writer, admin } = bench
    for (const label of [
      "",
      " ",
      "a/b",
      ".",
      "..",
      "a\nb",
      "a\0b",
      "\u202eabc",
      " a",
      "\ud800",
      "files",
      "analyses",
      "x".repeat(257),
    ])
      await assert.rejects(
        createPlace(ports, writer, { type: "subject", parent: bench.project, label }),
        refusal("NAME_UNFIT"),
        JSON.stringify(label),
      )
    for (const id of ["", "a", "..", "UP", "a b", "x".repeat(33), "-a"])
      await assert.rejects(createGroup(ports, admin, { id }), refusal("NAME_UNFIT"), id)
    await createPlace(ports, writer, { type: "subject", parent: bench.project, label: "Zürich" })
    // The same in another form of Unicode.
    await assert.rejects(
      createPlace(ports, writer, { type: "subject", parent: bench.project, label: "Zu\u0308rich" }),
      refusal("LABEL_TAKEN"),
    )
    await assert.rejects(
      createPlace(ports, writer, { type: "acquisition", parent: bench.project, label: "x" }),
      refusal("PLACE_UNFIT"),
    )
    await assert.rejects(createGroup(ports, admin, { id: "lab" }), refusal("LABEL_TAKEN"))
  })

  databases.test("children come page by page, by label", async (context) => {
    const bench = await archiveBench(context, await databases.open(context))
    const { ports, reader, writer } = bench
    for (const label of ["sub-04", "sub-02", "sub-03"])
      await createPlace(ports, writer, { type: "subject", parent: bench.project, label })
    const seen: string[] = []
    for (let cursor: string | undefined; ; ) {
      const page = await listChildren(ports, reader, { parent: bench.project, type: "subject", limit: 2, cursor })
      seen.push(...page.items.map(({ label }) => label))
      if (page.next === undefined) break
      cursor = page.next
    }
    assert.deepEqual(seen, ["sub-01", "sub-02", "sub-03", "sub-04"])
    for (const cursor of [
      "x",
      "",
      Buffer.from("[1]").toString("base64url"),
      Buffer.from('["a\\u0000"]').toString("base64url"),
    ])
      await assert.rejects(
        listChildren(ports, reader, { parent: bench.project, type: "subject", limit: 2, cursor }),
        refusal("CURSOR_UNFIT"),
      )
  })

  databases.test(
    "what is known of a place changes leaf by leaf; two who saw the same cannot both change it",
    async (context) => {
      const bench = await archiveBench(context, await databases.open(context))
      const { ports, writer } = bench
      const id = bench.session
      const first = await changePlace(ports, writer, {
        id,
        revision: 1,
        patch: { set: { operator: "kim", info: { qc: { snr: 1, fwhm: 2 }, __proto__x: 1 } }, addTags: ["b", "a", "b"] },
      })
      assert.deepEqual(
        [first.metadata, first.info, first.tags, first.revision],
        [{ operator: "kim" }, { qc: { snr: 1, fwhm: 2 }, __proto__x: 1 }, ["a", "b"], 2],
      )
      await assert.rejects(
        changePlace(ports, writer, { id, revision: 1, patch: { addTags: ["c"] } }),
        refusal("ETAG_MISMATCH"),
      )
      const [one, two] = await Promise.allSettled(
        ["c", "d"].map((tag) => changePlace(ports, writer, { id, revision: 2, patch: { addTags: [tag] } })),
      )
      assert.equal([one, two].filter((each) => each?.status === "fulfilled").length, 1, "of two writers one is refused")
      const second = await changePlace(ports, writer, {
        id,
        patch: { set: { info: { qc: { snr: 3 } } }, unset: [["info", "qc", "fwhm"], ["operator"]], removeTags: ["a"] },
      })
      assert.deepEqual([second.metadata, second.info["qc"], second.tags.includes("a")], [{}, { snr: 3 }, false])
      const same = await changePlace(ports, writer, { id, patch: { set: { info: { qc: { snr: 3 } } } } })
      assert.equal(same.revision, second.revision, "what changes nothing is no change")
      let deep: object = {}
      for (let level = 0; level < 60; level++) deep = { deep }
      for (const set of [
        { age: -1 },
        { nonsense: 1 },
        { tags: ["x"] },
        { info: "text" },
        { info: deep },
        { info: { long: "x".repeat(17_000_000) } },
        { timestamp: "yesterday" },
      ])
        await assert.rejects(
          changePlace(ports, writer, { id, patch: { set: set as never } }),
          refusal("METADATA_UNFIT"),
        )
      await assert.rejects(changePlace(ports, writer, { id, patch: { unset: [["label"]] } }), refusal("METADATA_UNFIT"))
    },
  )

  databases.test(
    "a place goes into the trash with all that is in it, and comes back with just that",
    async (context) => {
      const bench = await archiveBench(context, await databases.open(context))
      const { ports, admin, reader } = bench
      await bench.upload(bench.acquisition, "a.nii", "a")
      const second = await createPlace(ports, admin, { type: "acquisition", parent: bench.session, label: "T2w" })
      await trashPlace(ports, admin, { id: second.id })
      await trashPlace(ports, admin, { id: bench.subject })
      await assert.rejects(getPlace(ports, reader, bench.acquisition), refusal("PLACE_NOT_FOUND"))
      assert.deepEqual((await listFiles(ports, reader, { place: bench.project, below: true, limit: 10 })).items, [])
      const trash = await listTrashedPlaces(ports, reader, { project: bench.project, limit: 10 })
      assert.deepEqual(trash.items.map(({ label }) => label).sort(), ["T2w", "sub-01"])
      await assert.rejects(
        restorePlace(ports, admin, second.id),
        refusal("PLACE_NOT_FOUND"),
        "its session is in the trash",
      )
      const instead = await createPlace(ports, admin, { type: "subject", parent: bench.project, label: "sub-01" })
      await assert.rejects(restorePlace(ports, admin, bench.subject), refusal("LABEL_TAKEN"))
      await changePlace(ports, admin, { id: instead.id, patch: { set: { label: "sub-99" } } })
      await restorePlace(ports, admin, bench.subject)
      assert.deepEqual(
        (await listFiles(ports, reader, { place: bench.project, below: true, limit: 10 })).items.map(
          ({ name }) => name,
        ),
        ["a.nii"],
      )
      await assert.rejects(getPlace(ports, reader, second.id), refusal("PLACE_NOT_FOUND"), "it was in the trash before")
      await restorePlace(ports, admin, second.id)
      const kinds = (await readEvents(ports.database.read, { after: 0, limit: 100, subject: bench.subject })).map(
        ({ kind }) => kind,
      )
      assert.deepEqual(kinds, ["place.created", "place.trashed", "place.restored"])
    },
  )

  databases.test(
    "a session moves to another subject, and to another project, with its files and their bytes",
    async (context) => {
      const bench = await archiveBench(context, await databases.open(context))
      const { ports, admin } = bench
      await bench.upload(bench.acquisition, "a.nii", "12345")
      const other = await createPlace(ports, admin, { type: "subject", parent: bench.otherProject, label: "sub-07" })
      await assert.rejects(
        movePlace(ports, admin, { id: bench.session, parent: bench.otherProject }),
        refusal("PLACE_UNFIT"),
      )
      await assert.rejects(
        movePlace(ports, bench.writer, { id: bench.session, parent: other.id }),
        refusal("PLACE_NOT_FOUND"),
      )
      await movePlace(ports, admin, { id: bench.session, parent: other.id })
      const found = await lookUp(ports, admin, "lab/Other/sub-07/ses-01/T1w/files/a.nii")
      assert.equal(found.kind === "file" && found.file.project, bench.otherProject)
      assert.deepEqual(await usageOf(ports.database.read, bench.project), { bytes: 0, versions: 0 })
      assert.deepEqual(await usageOf(ports.database.read, bench.otherProject), { bytes: 5, versions: 1 })
      assert.equal(
        (await listFiles(ports, admin, { place: bench.otherProject, below: true, limit: 10 })).items.length,
        1,
      )
      assert.equal((await listFiles(ports, admin, { place: bench.project, below: true, limit: 10 })).items.length, 0)
    },
  )
})
