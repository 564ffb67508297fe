import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { person } from "../../../../test/server/open-access.ts"
import { memoryQueue } from "../../../../test/server/queue/memory-queue.ts"
import { PROJECT } from "../../../../test/server/queue/queue-bench.ts"
import { sha256 } from "../../../system/hash.ts"
import { fileOutputs, type OutputToFile } from "./file-outputs.ts"

const ADA = person("ada")
const HIDDEN = "0000000000000000000000ff"
const ANALYSIS = "0000000000000000000000a1"

async function bench(context: TestContext) {
  const rights = { ada: { [PROJECT]: "run" }, reader: { [PROJECT]: "read" }, eve: {} } as const
  const queue = await memoryQueue(context, { rights })
  const { database } = queue.ports
  const made = { created_ms: 0, created_by: "x", modified_ms: 0, revision: 1 }
  const place = (id: string, type: "project" | "analysis") => ({
    ...{ id, type, parent: "lab", group_id: "lab", project: PROJECT, lineage: `${PROJECT}/`, label: id },
    ...{ metadata: "{}", tags: "[]", info: "{}", quota_bytes: null, ...made },
    ...{ deleted_ms: null, deleted_by: null, deleted_with: null },
  })
  await database.write(async ({ sql }) => {
    await sql
      .insertInto("places")
      .values([place(PROJECT, "project"), place(ANALYSIS, "analysis")])
      .execute()
    await sql.insertInto("analyses").values({ place: ANALYSIS, inputs: "[]", job: "j", notes: "[]" }).execute()
  })
  /** A job that has put these texts out. */
  const job = async (outputs: Readonly<Record<string, string>>, more: object = {}): Promise<string> => {
    const id = await queue.submit("ada")
    const list = []
    for (const [name, text] of Object.entries(outputs))
      list.push({ name, digest: await queue.bytes(text), sizeBytes: text.length })
    const change = { outputs: JSON.stringify(list), ...more }
    await database.write(({ sql }) => sql.updateTable("jobs").set(change).where("id", "=", id).execute())
    return id
  }
  const names = async () => {
    const files = await database.read.selectFrom("files").select("name").orderBy("name").execute()
    return files.map(({ name }) => name)
  }
  const file = (files: readonly OutputToFile[], to = PROJECT, caller = ADA) =>
    fileOutputs(queue.ports, caller, { place: to, files })
  return { queue, job, names, file }
}

function output(job: string, path: string, text: string, name = path): OutputToFile {
  return { job, path, name, digest: sha256(Buffer.from(text)) }
}

test("outputs of several jobs become files in the order asked for; the same again is nothing new", async (context) => {
  const { queue, job, file, names } = await bench(context)
  const [one, two] = [await job({ "deep/a": "A", b: "B" }), await job({ a: "A" })]
  const files = [output(two, "a", "A", "z"), output(one, "b", "B"), output(one, "deep/a", "A", "y")]
  const filed = await file(files)
  assert.deepEqual(
    filed.map(({ file: { name, version }, isNew }) => [name, version, isNew]),
    [
      ["z", 1, true],
      ["b", 1, true],
      ["y", 1, true],
    ],
  )
  const versions = await queue.ports.database.read
    .selectFrom("file_versions")
    .innerJoin("files", "files.id", "file_versions.file")
    .select(["name", "job", "origin", "created_by"])
    .orderBy("name")
    .execute()
  assert.deepEqual(
    versions.map((row) => Object.values(row)),
    [
      ["b", one, "job", "ada"],
      ["y", one, "job", "ada"],
      ["z", two, "job", "ada"],
    ],
  )
  assert.deepEqual(
    (await file(files)).map(({ isNew, file: { version } }) => [isNew, version]),
    files.map(() => [false, 1]),
  )
  assert.deepEqual(await names(), ["b", "y", "z"])
})

test("one that cannot be filed keeps all others from it", async (context) => {
  const { queue, job, file, names } = await bench(context)
  const mine = await job({ a: "A", gone: "gone" })
  const theirs = await job({ a: "A" }, { project: HIDDEN })
  await queue.ports.blobs.remove?.(sha256(Buffer.from("gone")))
  const bad = [
    ["JOB_OUTPUT_NOT_FOUND", output(mine, "b", "B")],
    ["JOB_OUTPUT_NOT_FOUND", output(mine, "__proto__", "A", "b")],
    ["INPUT_DIGEST_MISMATCH", output(mine, "a", "B", "b")],
    ["BLOB_NOT_FOUND", output(mine, "gone", "gone")],
    ["JOB_NOT_FOUND", output(theirs, "a", "A", "b")],
    ["JOB_NOT_FOUND", output("0".repeat(24), "a", "A", "b")],
    ["NAME_UNFIT", output(mine, "a", "A", "../b")],
    ["NAME_UNFIT", output(mine, "a", "A")],
  ] as const
  for (const [code, other] of bad) {
    await assert.rejects(file([output(mine, "a", "A"), other]), { code }, JSON.stringify(other))
    assert.deepEqual(await names(), [])
  }
})

test("what was filed by its job already has to be there still", async (context) => {
  const { job, file, names } = await bench(context)
  const digest = sha256(Buffer.from("A"))
  const filed = { name: "a", digest, sizeBytes: 1, file: "0".repeat(24), version: 1 }
  const mine = await job({ a: "A" }, { outputs: JSON.stringify([filed]) })
  await assert.rejects(file([output(mine, "a", "A", "copy")]), { code: "ARCHIVE_FILE_NOT_FOUND" })
  assert.deepEqual(await names(), [])
})

test("files go where one may write, and into nothing that is what a job put out", async (context) => {
  const { job, file, names } = await bench(context)
  const files = [output(await job({ a: "A" }), "a", "A")]
  await assert.rejects(file(files, PROJECT, person("reader")), { code: "NOT_PERMITTED" })
  await assert.rejects(file(files, PROJECT, person("eve")), { code: "PLACE_NOT_FOUND" })
  await assert.rejects(file(files, "nothing"), { code: "PLACE_NOT_FOUND" })
  await assert.rejects(file(files, ANALYSIS), { code: "PLACE_UNFIT" })
  assert.deepEqual(await names(), [])
  assert.deepEqual(await file([]), [])
})
