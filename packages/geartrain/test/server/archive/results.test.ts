import assert from "node:assert/strict"
import { isGeartrainError } from "@geartrain/spec"
import { parseMetadata } from "@geartrain/spec/archive"
import { changeFile } from "../../../src/server/archive/files/change-file.ts"
import { getFileByName, listFiles, listVersions } from "../../../src/server/archive/files/read-files.ts"
import { changePlace } from "../../../src/server/archive/places/change-place.ts"
import { getPlace } from "../../../src/server/archive/places/read-places.ts"
import { saveJobResults } from "../../../src/server/archive/results/save-job-results.ts"
import { trashPlace } from "../../../src/server/archive/trash/trash-place.ts"
import { lastEvent, readEvents } from "../../../src/server/database/events/read-events.ts"
import { onDatabases } from "../on-databases.ts"
import { archiveBench, digestOf } from "./archive-bench.ts"

const job = "a".repeat(24)

onDatabases((databases) => {
  databases.test("a job's outputs and metadata appear at once, by the rules of platforms", async (context) => {
    const bench = await archiveBench(context, await databases.open(context))
    const { ports, writer, reader } = bench
    await bench.upload(bench.acquisition, "there.nii", "was there")
    const old = await bench.upload(bench.acquisition, "out.csv", "old")
    await changeFile(ports, writer, {
      id: old.id,
      patch: { set: { classification: { Kept: ["k"] } }, addTags: ["mine"] },
    })
    await changePlace(ports, writer, {
      id: bench.session,
      patch: { set: { operator: "kim", info: { qc: { by: "hand" } } } },
    })
    const { metadata } = parseMetadata(
      JSON.stringify({
        session: {
          operator: "robot",
          info: { qc: { by: "gear", snr: 4 } },
          tags: ["auto"],
          subject: { sex: "female" },
        },
        subject: { cohort: "not through here" },
        acquisition: {
          files: [
            { name: "there.nii", modality: "MR", info: { "a.b": 1 } },
            { name: "out.csv", classification: { Intent: ["Structural"] }, tags: ["auto"] },
            { name: "nowhere.txt", modality: "MR" },
          ],
        },
      }),
    )
    const before = await lastEvent(ports.database.read)
    const applied = await ports.database.write((write) =>
      saveJobResults(write, {
        place: bench.acquisition,
        outputs: [
          { name: "out.csv", digest: digestOf("new"), sizeBytes: 3 },
          { name: "fresh.nii.gz", digest: digestOf("fresh"), sizeBytes: 5 },
          { name: "bad\nname", digest: digestOf("bad"), sizeBytes: 3 },
        ],
        metadata,
        job,
        byUser: "writer",
      }),
    )
    const session = await getPlace(ports, reader, bench.session)
    assert.deepEqual(
      [session.metadata, session.info, session.tags],
      [{ operator: "kim" }, { qc: { by: "hand", snr: 4 } }, ["auto"]],
    )
    assert.deepEqual((await getPlace(ports, reader, bench.subject)).metadata, { sex: "female" })
    const there = await getFileByName(ports, reader, { place: bench.acquisition, name: "there.nii" })
    assert.deepEqual([there.version, there.modality, there.info], [1, "MR", { a_b: 1 }])
    const out = await getFileByName(ports, reader, { place: bench.acquisition, name: "out.csv" })
    assert.deepEqual(
      [out.version, out.classification, out.tags],
      [2, { Intent: ["Structural"], Kept: ["k"] }, ["auto", "mine"]],
    )
    const [newest] = (await listVersions(ports, reader, { file: out.id, limit: 1 })).items
    assert.deepEqual([newest?.origin, newest?.job, newest?.createdBy], ["job", job, "writer"])
    assert.deepEqual(
      applied.saved.map(({ file, isNew }) => [file.name, file.version, isNew]),
      [
        ["out.csv", 2, true],
        ["fresh.nii.gz", 1, true],
      ],
    )
    assert.deepEqual(
      applied.refused.map(({ file }) => file),
      ["bad\nname"],
    )
    assert.deepEqual(
      applied.changes
        .filter(({ kind }) => kind === "kept" || kind === "dropped")
        .map(({ kind, field }) => [kind, field.join(".")]),
      [
        ["dropped", "subject"],
        ["kept", "info.qc.by"],
        ["kept", "operator"],
        ["dropped", "files.nowhere.txt"],
      ],
    )
    const events = await readEvents(ports.database.read, { after: before, limit: 100 })
    assert.deepEqual(events.map(({ kind }) => kind).sort(), [
      "file.changed",
      "file.changed",
      "file.saved",
      "file.saved",
      "place.changed",
      "place.changed",
    ])
    assert.ok(
      events.every(({ data }) => data["job"] === job),
      "each says which job did it",
    )
  })

  databases.test(
    "of results that cannot all be saved none is, and results for a place in the trash are refused",
    async (context) => {
      const bench = await archiveBench(context, await databases.open(context))
      const { ports, reader, admin } = bench
      const save = (after?: () => void) =>
        ports.database.write(async (write) => {
          await saveJobResults(write, {
            place: bench.acquisition,
            outputs: [{ name: "a", digest: digestOf("a"), sizeBytes: 1 }],
            job,
            byUser: "writer",
          })
          after?.()
        })
      const before = await lastEvent(ports.database.read)
      await assert.rejects(
        save(() => {
          throw new RangeError("the job's row could not be changed")
        }),
        RangeError,
      )
      assert.deepEqual((await listFiles(ports, reader, { place: bench.acquisition, limit: 1 })).items, [])
      assert.equal(await lastEvent(ports.database.read), before)
      await trashPlace(ports, admin, { id: bench.subject })
      await assert.rejects(save(), (error) => isGeartrainError(error, "PLACE_NOT_FOUND"))
    },
  )

  databases.test("metadata that one place cannot hold is told, and the outputs are kept", async (context) => {
    const bench = await archiveBench(context, await databases.open(context))
    const { ports, writer, reader } = bench
    await changePlace(ports, writer, { id: bench.session, patch: { set: { info: { a: "x".repeat(9_000_000) } } } })
    const { metadata } = parseMetadata(JSON.stringify({ session: { info: { b: "y".repeat(9_000_000) } } }))
    const { refused } = await ports.database.write((write) =>
      saveJobResults(write, {
        place: bench.acquisition,
        outputs: [{ name: "a", digest: digestOf("a"), sizeBytes: 1 }],
        metadata,
        job,
        byUser: "writer",
      }),
    )
    assert.deepEqual(
      refused.map(({ place }) => place),
      [bench.session],
    )
    assert.equal((await listFiles(ports, reader, { place: bench.acquisition, limit: 10 })).items.length, 1)
    assert.deepEqual(Object.keys((await getPlace(ports, reader, bench.session)).info), ["a"])
  })
})
