import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import type { GearManifest } from "@geartrain/spec"
import { person } from "../../../../test/server/open-access.ts"
import { memoryQueue } from "../../../../test/server/queue/memory-queue.ts"
import { manifestOf, PLACE, PROJECT, type QueueBench } from "../../../../test/server/queue/queue-bench.ts"
import { refusalOf } from "../../../../test/server/refusal-of.ts"
import type { AccessRequest } from "../../people/access.ts"
import type { JobOrder } from "./job-order.ts"
import { findReadable, MOST_FILES, resolveInputs, takesOf } from "./resolve-inputs.ts"

const GEAR = {
  manifest: manifestOf("many", {
    inputs: {
      one: { base: "file" },
      list: { base: "file" },
      tree: { base: "file" },
      near: { base: "context" },
      key: { base: "api-key" },
    },
  }) as GearManifest,
  additions: { inputs: { list: { takes: "files" }, tree: { takes: "folder" } } },
} as const

const ADA = person("ada")
const OTHER = "0000000000000000000000cc"
const HIDDEN = "0000000000000000000000dd"

/** Who asks for rights, and for what of. */
async function bench(context: TestContext) {
  const rights = { ada: { [PROJECT]: "run", [OTHER]: "read" } } as const
  const queue = await memoryQueue(context, { rights })
  const asked: (Omit<AccessRequest, "target"> & { readonly targets: readonly string[] })[] = []
  const { access } = queue.ports
  const needEach: typeof access.needEach = (caller, request) => {
    asked.push(request)
    return access.needEach(caller, request)
  }
  const ports = { ...queue.ports, access: { ...access, needEach } }
  const resolve = (inputs: NonNullable<JobOrder["inputs"]>) =>
    resolveInputs(ports, ADA, { order: { gear: "many", inputs }, ...GEAR })
  return { queue, ports, asked, resolve }
}

function file(queue: QueueBench, id: string, { name = id, project = PROJECT } = {}): string {
  const place = { type: "session", id: PLACE } as const
  const digest = `sha256:${"1".repeat(64)}` as const
  const filed = { id, version: 2, name, digest, sizeBytes: 5, project, place, object: { tags: [id] } }
  queue.archive.files.set(`file:${id}`, filed)
  return `file:${id}`
}

test("an input is called as the engine calls it: a file by the input, of several each below it, a folder's below that", async (context) => {
  const { queue, resolve } = await bench(context)
  const [a, b] = [file(queue, "a"), file(queue, "b")]
  const found = await resolve({ one: a, list: [b, a], tree: b })
  assert.deepEqual(
    found.map(({ input }) => input),
    ["one", "list/b", "list/a", "tree/tree/b"],
  )
  assert.deepEqual(found[1], {
    ...{ input: "list/b", file: "b", version: 2, name: "b", digest: `sha256:${"1".repeat(64)}`, sizeBytes: 5 },
    ...{ object: { tags: ["b"] }, place: { type: "session", id: PLACE } },
  })
  assert.deepEqual(await resolve({}), [])
  assert.deepEqual(await resolve({ list: [] }), [])
})

test("an input that takes one file takes no more, and no fewer", async (context) => {
  const { queue, resolve } = await bench(context)
  const [a, b] = [file(queue, "a"), file(queue, "b")]
  assert.equal((await resolve({ one: [a] })).length, 1)
  for (const files of [[], [a, b]])
    await assert.rejects(resolve({ one: files }), {
      code: "INPUT_INVALID",
      message: /takes one file, and is given [02]/,
    })
})

test("two files of one name would be one path, but in two inputs they are two", async (context) => {
  const { queue, resolve } = await bench(context)
  const [a, b] = [file(queue, "a", { name: "same" }), file(queue, "b", { name: "same" })]
  for (const input of ["list", "tree"])
    await assert.rejects(resolve({ [input]: [a, b] }), { code: "INPUT_INVALID", details: { input } })
  assert.equal((await resolve({ list: a, tree: b, one: a })).length, 3)
})

test("what is no file input is refused by what it is; what every object has is no input of the gear", () => {
  assert.throws(() => takesOf(GEAR, "near"), { code: "INPUT_INVALID", message: /looks it up/ })
  assert.throws(() => takesOf(GEAR, "key"), { code: "INPUT_INVALID", message: /it is a key/ })
  // The manifest is asked later, with all other faults.
  for (const name of ["constructor", "__proto__", "toString", "unknown"]) assert.equal(takesOf(GEAR, name), "file")
})

test("a job of more files than a record has lines for is refused before any is looked for", async (context) => {
  const { queue, ports } = await bench(context)
  const jobArchive = {
    ...ports.jobArchive,
    findFiles: async () => assert.fail("nothing is to be looked for"),
  }
  const list = Array.from({ length: MOST_FILES + 1 }, () => file(queue, "a"))
  const order = { gear: "many", inputs: { list } }
  await assert.rejects(resolveInputs({ ...ports, jobArchive }, ADA, { order, ...GEAR }), {
    code: "INPUT_INVALID",
    message: /50000 files at most/,
  })
})

test("rights are asked once for each project, of each of its files once", async (context) => {
  const { queue, ports, asked } = await bench(context)
  const files = [file(queue, "a"), file(queue, "x", { project: OTHER }), file(queue, "b"), "file:a"]
  const wanted = files.map((reference) => ({ input: "list", reference }))
  const found = await findReadable(ports, ADA, wanted)
  assert.deepEqual(
    found.map(({ id }) => id),
    ["a", "x", "b", "a"],
  )
  assert.deepEqual(asked, [
    { right: "read", project: PROJECT, action: "job.input", targets: ["a", "b"] },
    { right: "read", project: OTHER, action: "job.input", targets: ["x"] },
  ])
})

test("a file that one may not know of is told as one that there is not", async (context) => {
  const { queue, resolve } = await bench(context)
  const said = async (reference: string): Promise<string> => {
    const error = await refusalOf(resolve({ one: reference }))
    assert.deepEqual([error.code, error.details], ["INPUT_NOT_FOUND", { input: "one" }])
    return error.message.replace(reference, "IT")
  }
  assert.equal(await said(file(queue, "secret", { project: HIDDEN })), await said("file:nothing"))
})

test("of a reference without end only the beginning is repeated, and nothing that is no text", async (context) => {
  const { resolve } = await bench(context)
  const reference = `${"x".repeat(299)}😀${"Z".repeat(9000)}`
  await assert.rejects(
    resolve({ one: reference }),
    ({ message }: Error) => message.length < 450 && message.isWellFormed() && !message.includes("Z"),
  )
})
