import assert from "node:assert/strict"
import { test } from "node:test"
import { archiveBench } from "../../../../test/server/archive/archive-bench.ts"
import { memoryDatabase } from "../../../../test/server/memory-database.ts"
import { person } from "../../../../test/server/open-access.ts"
import { trashPlace } from "../trash/trash-place.ts"
import { createUpload } from "./create-upload.ts"
import { needUpload, uploadNotFound, uploadOf, uploadPath } from "./upload.ts"

test("an upload is gone on with by whoever began it, and nobody else learns of it", async (context) => {
  const { ports, admin, writer, reader, acquisition } = await archiveBench(context, await memoryDatabase(context))
  const upload = await createUpload(ports, writer, { place: acquisition, name: "a.nii" })
  const row = await needUpload(ports, writer, upload.id)
  assert.deepEqual(uploadOf(row), upload)
  assert.equal(uploadPath(ports, upload.id), `${ports.uploadFolder}/${upload.id}`)
  for (const other of [admin, reader, person("")])
    await assert.rejects(needUpload(ports, other, upload.id), {
      code: "UPLOAD_NOT_FOUND",
      message: uploadNotFound(upload.id).message,
    })
  await assert.rejects(needUpload(ports, writer, "0".repeat(24)), { code: "UPLOAD_NOT_FOUND" })
})

test("whose right to write was taken away goes on with nothing, and of a place in the trash no more is told", async (context) => {
  const { ports, admin, writer, reader, acquisition } = await archiveBench(context, await memoryDatabase(context))
  const upload = await createUpload(ports, writer, { place: acquisition, name: "a.nii", sizeBytes: 3 })
  assert.equal(upload.sizeBytes, 3)
  const set = (values: { created_by?: string; expires_ms?: number }) =>
    ports.database.write(({ sql }) => sql.updateTable("uploads").set(values).where("id", "=", upload.id).execute())
  await set({ created_by: reader.user })
  await assert.rejects(needUpload(ports, reader, upload.id), { code: "NOT_PERMITTED" })
  await set({ created_by: writer.user })
  await needUpload(ports, writer, upload.id)
  await trashPlace(ports, admin, { id: acquisition })
  await assert.rejects(needUpload(ports, writer, upload.id), { code: "UPLOAD_NOT_FOUND" })
})

test("what has expired is not gone on with, though it is still there", async (context) => {
  const { ports, writer, acquisition } = await archiveBench(context, await memoryDatabase(context))
  const upload = await createUpload(ports, writer, { place: acquisition, name: "a.nii" })
  await ports.database.write(({ sql }) => sql.updateTable("uploads").set({ expires_ms: 1 }).execute())
  await assert.rejects(needUpload(ports, writer, upload.id), { code: "UPLOAD_NOT_FOUND", hint: "Begin it again" })
})
