import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import { memoryBlobStore } from "@geartrain/ports/fakes"
import { type Digest, isGeartrainError } from "@geartrain/spec"
import { createDownload, expireDownloads } from "../../../src/server/archive/downloads/create-download.ts"
import { fitRange } from "../../../src/server/archive/downloads/open-content.ts"
import { openFile } from "../../../src/server/archive/downloads/open-file.ts"
import { streamDownload } from "../../../src/server/archive/downloads/stream-download.ts"
import { createPlace } from "../../../src/server/archive/places/create-place.ts"
import { onDatabases } from "../on-databases.ts"
import { type ArchiveBench, archiveBench, digestOf, textOf } from "./archive-bench.ts"

const run = promisify(execFile)
const refusal = (code: Parameters<typeof isGeartrainError>[1]) => (error: unknown) => isGeartrainError(error, code)

/** Fetches a selection, and unpacks it with the system's own programs, which check it, too. */
async function fetched(bench: ArchiveBench, ticket: string, format: "tar" | "zip"): Promise<readonly string[]> {
  const folder = join(bench.folder, `out-${ticket}-${format}`)
  await mkdir(folder)
  const chunks: Uint8Array[] = []
  for await (const chunk of await streamDownload(bench.ports, bench.reader, { ticket, format })) chunks.push(chunk)
  await writeFile(join(folder, "archive"), Buffer.concat(chunks))
  if (format === "tar") await run("tar", ["-xf", "archive"], { cwd: folder })
  else await run("python3", ["-m", "zipfile", "-e", "archive", "."], { cwd: folder })
  const manifest = await readFile(join(folder, "manifest-sha256.txt"), "utf8")
  // The program takes a list without lines for none.
  if (manifest !== "")
    await run("sha256sum", ["--check", "--strict", "--quiet", "manifest-sha256.txt"], { cwd: folder })
  const all = await readdir(folder, { recursive: true, withFileTypes: true })
  return all
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => path !== "archive" && path !== "manifest-sha256.txt")
    .sort()
}

onDatabases((databases) => {
  databases.test(
    "a selection comes as one archive that others unpack, with the digests of all files",
    async (context) => {
      const bench = await archiveBench(context, await databases.open(context))
      const { ports, reader, writer } = bench
      await bench.upload(bench.project, "README", "read me")
      await bench.upload(bench.session, "T1w", "a file that is called as the acquisition is")
      await bench.upload(bench.acquisition, "t1.nii.gz", "scan")
      const hostile = await createPlace(ports, writer, { type: "acquisition", parent: bench.session, label: "a:b\\c" })
      await createPlace(ports, writer, { type: "acquisition", parent: bench.session, label: "a_b_c" })
      await bench.upload(hostile.id, "-rf *", "x")
      const analysis = await createPlace(ports, writer, { type: "analysis", parent: bench.session, label: "stats" })
      const result = await bench.upload(analysis.id, "result.csv", "1,2")
      const all = await createDownload(ports, reader, { places: [bench.project, bench.session], files: [result.id] })
      assert.deepEqual([all.files, all.bytes], [5, 58])
      const paths = [
        "lab/Memory/README",
        "lab/Memory/sub-01/ses-01/T1w",
        "lab/Memory/sub-01/ses-01/T1w (2)/t1.nii.gz",
        "lab/Memory/sub-01/ses-01/a_b_c/-rf _",
        "lab/Memory/sub-01/ses-01/analyses/stats/result.csv",
      ].sort()
      assert.deepEqual(await fetched(bench, all.ticket, "tar"), paths)
      assert.deepEqual(await fetched(bench, all.ticket, "zip"), paths)
      const some = await createDownload(ports, reader, { places: [bench.subject], files: [result.id], type: "nifti" })
      assert.equal(some.files, 1, "a file in a selected place is subject to the filter")
      const none = await createDownload(ports, reader, { places: [], files: [] })
      assert.deepEqual(await fetched(bench, none.ticket, "zip"), [])
      assert.deepEqual(await readdir(ports.uploadFolder), [], "lists have left nothing")
    },
  )

  databases.test(
    "a ticket is its maker's, ends, and gives nothing that its maker may not read any more",
    async (context) => {
      const bench = await archiveBench(context, await databases.open(context))
      const { ports, reader, writer, stranger } = bench
      await bench.upload(bench.session, "a", "x")
      await assert.rejects(
        createDownload(ports, stranger, { places: [bench.session], files: [] }),
        refusal("PLACE_NOT_FOUND"),
      )
      const { ticket } = await createDownload(ports, reader, { places: [bench.session], files: [] })
      await assert.rejects(streamDownload(ports, writer, { ticket, format: "tar" }), refusal("DOWNLOAD_NOT_FOUND"))
      const without = {
        ...ports,
        access: { ...ports.access, need: () => Promise.reject(Object.assign(new Error("no"))) },
      }
      await assert.rejects(streamDownload(without, reader, { ticket, format: "tar" }), /^Error: no$/)
      await ports.database.write(({ sql }) => sql.updateTable("downloads").set({ expires_ms: 1 }).execute())
      await assert.rejects(streamDownload(ports, reader, { ticket, format: "tar" }), refusal("DOWNLOAD_NOT_FOUND"))
      await expireDownloads(ports)
      assert.equal((await ports.database.read.selectFrom("downloads").select("id").execute()).length, 0)
    },
  )

  databases.test("an archive with a damaged file ends with an error, and not as if it were whole", async (context) => {
    const bench = await archiveBench(context, await databases.open(context))
    const { ports, reader } = bench
    const { digest } = await bench.upload(bench.session, "a", "damaged")
    const path = (await ports.blobs.locate?.(digest as Digest)) ?? ""
    const bytes = await readFile(path)
    bytes[0] = 0
    await chmod(path, 0o644)
    await writeFile(path, bytes)
    for (const format of ["tar", "zip"] as const) {
      const { ticket } = await createDownload(ports, reader, { places: [bench.session], files: [] })
      await assert.rejects(
        textOf(await streamDownload(ports, reader, { ticket, format })),
        refusal("BLOB_DIGEST_MISMATCH"),
      )
    }
  })

  databases.test("a file is read whole, in part and in an older version, wherever its bytes lie", async (context) => {
    const database = await databases.open(context)
    for (const blobs of [undefined, memoryBlobStore()]) {
      if (blobs !== undefined) {
        await database.write(({ sql }) => sql.deleteFrom("groups").execute())
        await database.write(({ sql }) => sql.deleteFrom("places").execute())
      }
      const bench = await archiveBench(context, database, blobs === undefined ? {} : { blobs })
      const { ports, reader } = bench
      const { id } = await bench.upload(bench.session, "a", "0123456789")
      await bench.upload(bench.session, "a", "new")
      const old = await openFile(ports, reader, { id, version: 1 })
      assert.deepEqual(
        [old.digest, old.sizeBytes, await textOf(old.bytes())],
        [digestOf("0123456789"), 10, "0123456789"],
      )
      for (const [range, text] of [
        [{ first: 0, last: 0 }, "0"],
        [{ first: 3, last: 5 }, "345"],
        [{ first: 8, last: 99 }, "89"],
      ] as const)
        assert.equal(await textOf(old.bytes(fitRange(range, old.sizeBytes))), text)
      assert.throws(() => fitRange({ first: 10 }, 10), refusal("RANGE_UNFIT"))
      assert.throws(() => fitRange({ first: 0 }, 0), refusal("RANGE_UNFIT"))
      assert.equal(await textOf((await openFile(ports, reader, { id })).bytes()), "new")
      await assert.rejects(openFile(ports, reader, { id, version: 3 }), refusal("ARCHIVE_FILE_NOT_FOUND"))
    }
  })
})
