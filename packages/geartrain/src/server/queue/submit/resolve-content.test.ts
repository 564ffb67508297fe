import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import type { Digest, GearManifest } from "@geartrain/spec"
import { person } from "../../../../test/server/open-access.ts"
import { memoryQueue } from "../../../../test/server/queue/memory-queue.ts"
import { manifestOf, PLACE, PROJECT, type QueueBench } from "../../../../test/server/queue/queue-bench.ts"
import { refusalOf } from "../../../../test/server/refusal-of.ts"
import { sha256 } from "../../../system/hash.ts"
import { findContent } from "./find-content.ts"
import type { ContentFile } from "./job-order.ts"
import { givenContexts, resolveContent } from "./resolve-content.ts"

const GEAR = {
  manifest: manifestOf("many", {
    inputs: { one: { base: "file" }, list: { base: "file" }, tree: { base: "file" }, near: { base: "context" } },
  }) as GearManifest,
  additions: { inputs: { list: { takes: "files" }, tree: { takes: "folder" } } },
} as const

const ADA = person("ada")
const HIDDEN = "0000000000000000000000ff"
const FILE = "f".repeat(24)
const digestOf = (text: string): Digest => sha256(Buffer.from(text))

async function bench(context: TestContext) {
  const rights = { ada: { [PROJECT]: "run" }, eve: { [HIDDEN]: "run" } } as const
  const queue = await memoryQueue(context, { rights })
  await file(queue, "A")
  const resolve = (...files: readonly Partial<ContentFile>[]) => {
    const whole = { input: "one", from: `file:${FILE}`, name: "a", digest: digestOf("A") }
    return resolveContent(queue.ports, ADA, { files: files.map((each) => ({ ...whole, ...each })), ...GEAR })
  }
  return { queue, resolve }
}

/** A file of the archive with these bytes, by its id and as its version. */
async function file(
  queue: QueueBench,
  bytes: string,
  { id = FILE, version = 1, project = PROJECT } = {},
): Promise<void> {
  const place = { type: "session", id: PLACE } as const
  const digest = await queue.bytes(bytes)
  const filed = { id, version, name: "filed", digest, sizeBytes: bytes.length, project, place, object: { info: 1 } }
  for (const reference of [`file:${id}`, `file:${id}@${version}`]) queue.archive.files.set(reference, filed)
}

/** A job that has put these out. */
async function made(queue: QueueBench, outputs: readonly object[], project = PROJECT): Promise<string> {
  const job = await queue.submit("ada")
  const { database } = queue.ports
  await database.write(({ sql }) =>
    sql
      .updateTable("jobs")
      .set({ outputs: JSON.stringify(outputs), project })
      .where("id", "=", job)
      .execute(),
  )
  return job
}

test("a file is taken by its bytes: what is known of it beyond the name that it is given stays with it", async (context) => {
  const { resolve } = await bench(context)
  const [input] = await resolve({ name: "b.nii.gz" })
  assert.deepEqual(input, {
    ...{ input: "one", name: "b.nii.gz", digest: digestOf("A"), sizeBytes: 1, file: FILE, version: 1 },
    object: { type: "nifti", mimetype: "application/gzip", size: 1 },
  })
  assert.deepEqual((await resolve({ name: "b.nii.gz", type: "odd" }))[0]?.object["type"], "odd")
})

test("an output of a job is taken by its path, with whatever letters that has", async (context) => {
  const { queue, resolve } = await bench(context)
  const digest = await queue.bytes("out")
  const job = await made(queue, [{ name: "deep/é\n.txt", digest, sizeBytes: 3 }])
  const [input] = await resolve({ from: `job:${job}/deep/é\n.txt`, digest })
  assert.deepEqual([input?.job, input?.output, input?.file, input?.sizeBytes], [job, "deep/é\n.txt", undefined, 3])
})

test("an output that was saved as a file is that version of it, and is gone when the file is", async (context) => {
  const { queue, resolve } = await bench(context)
  await file(queue, "A", { version: 7 })
  const saved = { name: "o", digest: digestOf("A"), sizeBytes: 1, file: FILE, version: 7 }
  const job = await made(queue, [saved])
  const [input] = await resolve({ from: `job:${job}/o` })
  assert.deepEqual([input?.job, input?.output, input?.file, input?.version], [job, "o", FILE, 7])
  queue.archive.files.clear()
  await assert.rejects(resolve({ from: `job:${job}/o` }), { code: "INPUT_NOT_FOUND" })
})

test("a name of bytes that is none of ours is not found", async (context) => {
  const { queue, resolve } = await bench(context)
  const job = await made(queue, [{ name: "o", digest: digestOf("A"), sizeBytes: 1 }])
  for (const from of [
    "",
    FILE,
    "file:",
    `file:${FILE}@`,
    `file:${FILE}@1234567890`,
    `file:${FILE}\n`,
    `file:${FILE.toUpperCase()}`,
    "lab/p/files/a",
    `job:${job}`,
    `job:${job}/`,
    `job:${job}/O`,
    `job:${job}/o/`,
    `job:${"0".repeat(24)}/o`,
  ])
    await assert.rejects(resolve({ from }), { code: "INPUT_NOT_FOUND" }, from)
})

test("who may not know of a job or file is told what they are told of none", async (context) => {
  const { queue, resolve } = await bench(context)
  const job = await made(queue, [{ name: "o", digest: digestOf("A"), sizeBytes: 1 }], HIDDEN)
  await file(queue, "A", { id: "e".repeat(24), project: HIDDEN })
  const said = async (from: string): Promise<string> => {
    const error = await refusalOf(resolve({ from }))
    assert.equal(error.code, "INPUT_NOT_FOUND")
    return `${error.message} ${error.hint}`.replace(from, "IT")
  }
  const none = await said(`job:${"0".repeat(24)}/o`)
  assert.equal(await said(`job:${job}/o`), none)
  // A file is named in more ways, so that its hint is another one.
  assert.equal(await said(`file:${"e".repeat(24)}`), await said(`file:${"d".repeat(24)}`))
})

test("other bytes than those that are meant are refused, and so are those that are gone", async (context) => {
  const { queue, resolve } = await bench(context)
  await assert.rejects(resolve({ digest: digestOf("B") }), {
    code: "INPUT_DIGEST_MISMATCH",
    details: { input: "one", expected: digestOf("B"), actual: digestOf("A") },
  })
  await queue.ports.blobs.remove?.(digestOf("A"))
  await assert.rejects(resolve({}), { code: "BLOB_NOT_FOUND", details: { input: "one", digest: digestOf("A") } })
})

test("each file has a path of its own below the folder of its input", async (context) => {
  const { resolve } = await bench(context)
  const deep = (folders: number): string => `tree/${"d/".repeat(folders)}a`
  const euros = "€".repeat(85)
  const good = [
    [{ input: "one", name: euros }],
    [{ input: "list/a" }, { input: "list/b", name: "b" }, { input: "tree/a" }],
    [{ input: "tree/a" }, { input: "tree/b/a" }, { input: "tree/b/c/a" }],
    [{ input: deep(33) }],
  ]
  for (const files of good) assert.equal((await resolve(...files)).length, files.length)
  const bad: readonly [string, ...Partial<ContentFile>[]][] = [
    ["takes one file", { input: "one/a" }],
    ["takes several files", { input: "list" }],
    ["takes several files", { input: "tree" }],
    ["lie in no folders", { input: "list/deep/a" }],
    ["34 folders deep", { input: deep(34) }],
    ["is no name", { name: "" }],
    ["is no name", { name: ".." }],
    ["is no name", { name: "a/b" }],
    ["is no name", { name: "a\0" }],
    ["is no name", { name: `${euros}x` }],
    ["is no name", { input: "tree/../a" }],
    ["is no name", { input: "tree/./a" }],
    ["is no name", { input: "tree//a" }],
    ["is no name", { input: "tree/a/", name: "" }],
    ["its path ends otherwise", { input: "tree/b" }],
    ["given twice", { input: "one" }, { input: "one" }],
    ["given twice", { input: "list/a" }, { input: "list/b", name: "b" }, { input: "list/a" }],
    ["and a folder of others", { input: "tree/a" }, { input: "tree/a/a" }],
    ["and a folder of others", { input: "tree/a/b/a" }, { input: "tree/a" }],
    ["looks it up", { input: "near" }],
  ]
  for (const [why, ...files] of bad)
    await assert.rejects(resolve(...files), { code: "INPUT_INVALID", message: new RegExp(why) }, JSON.stringify(files))
})

test("each job and file is looked for once, however often it is named", async (context) => {
  const { queue } = await bench(context)
  const job = await made(queue, [{ name: "o", digest: digestOf("A"), sizeBytes: 1, file: FILE, version: 1 }])
  const looked: (readonly string[])[] = []
  const { jobArchive } = queue.ports
  const ports = {
    ...queue.ports,
    jobArchive: {
      ...jobArchive,
      findFiles: async (...asked: Parameters<typeof jobArchive.findFiles>) => {
        looked.push(asked[1])
        return jobArchive.findFiles(...asked)
      },
    },
  }
  const from = [`file:${FILE}`, `job:${job}/o`, `file:${FILE}`, `job:${job}/o`]
  const found = await findContent(
    ports,
    ADA,
    from.map((each, n) => ({ input: `list/${n}`, from: each })),
  )
  assert.deepEqual(looked, [[`file:${FILE}`, `file:${FILE}@1`]])
  assert.deepEqual([...found.keys()].toSorted(), [`file:${FILE}`, `job:${job}/o`])
})

test("contexts are given for what the gear looks up alone, and up to a MiB of them", () => {
  assert.deepEqual(givenContexts(GEAR.manifest, {}), {})
  assert.deepEqual(givenContexts(GEAR.manifest, { near: null }), { near: null })
  for (const name of ["one", "unknown", "constructor", "toString"])
    assert.throws(() => givenContexts(GEAR.manifest, { [name]: 1 }), {
      code: "INPUT_INVALID",
      details: { input: name },
    })
  const bare = '{"near":"x"}'.length
  const sized = (bytes: number) => ({ near: `${"é".repeat((bytes - bare) / 2)}x` })
  const most = 1024 * 1024
  assert.ok(givenContexts(GEAR.manifest, sized(most)))
  assert.throws(() => givenContexts(GEAR.manifest, sized(most + 2)), {
    code: "INPUT_INVALID",
    message: /1048578 bytes/,
  })
})
