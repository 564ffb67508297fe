import assert from "node:assert/strict"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import type { ArchiveQuery, Pipeline } from "@geartrain/spec/workflow"
import { gear } from "../../../../test/stores/records/sample-records.ts"
import { digestOf } from "../../../../test/workflows/sample-plan.ts"
import { sha256 } from "../../../system/hash.ts"
import { findPlace } from "../archive/find-place.ts"
import type { DatumRecord } from "../datums/datum-record.ts"
import { folderInputs } from "../document/input-tree.ts"
import type { CheckedPipeline } from "../document/read-pipeline.ts"
import { COMMIT_FORMAT, type Commit, type PipelineOrigin } from "../folders/commit.ts"
import { CommitStore, outputOf, versionedPlace } from "../folders/commit-store.ts"
import { openBefore } from "./before.ts"
import { commitFolders, readFolders } from "./read-folders.ts"
import { folderKey, openSources } from "./sources.ts"

const SERVER = "https://archive.example"
const LISTED = { path: "a.nii", digest: digestOf(5), sizeBytes: 4, archive: { file: "f1", version: 2 } }

function pipeline(folder: string, input: Pipeline["input"], name = "p"): CheckedPipeline {
  return { file: `${folder}/${name}.yaml`, folder, pipeline: { pipeline: 1, name, gear: "g", input }, gear: gear(1) }
}

interface Bench {
  readonly folder: string
  readonly store: CommitStore
  readonly read: string[]
  readonly listed: ArchiveQuery[]
  readonly means: Parameters<typeof commitFolders>[1]
}

async function bench(context: TestContext): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), "gear-sources-"))
  context.after(() => rm(folder, { recursive: true, force: true }))
  await mkdir(join(folder, "scans/sub"), { recursive: true })
  await writeFile(join(folder, "scans/b.txt"), "b")
  await writeFile(join(folder, "scans/sub/a.txt"), "a")
  const store = new CommitStore(join(folder, "commits"))
  const [read, listed]: [string[], ArchiveQuery[]] = [[], []]
  const readFile = async (_: string, name: string) => {
    read.push(name)
    return { name, digest: sha256(Buffer.from(name)), sizeBytes: 1 }
  }
  const archives = {
    addressOf: async () => SERVER,
    list: async (query: ArchiveQuery) => {
      listed.push(query)
      return { id: "place1", files: [LISTED] }
    },
  }
  const means = { jobs: { readFile }, archives, store, id: "0".repeat(24), now: "2026-01-01T00:00:00.000Z" }
  return { folder, store, read, listed, means }
}

function datum(path: string, outputs: readonly string[], state: DatumRecord["state"] = "complete"): DatumRecord {
  return {
    ...{ id: path, key: path, parts: [{ input: "in", path }], state, how: "run", why: "", since: 1, place: "" },
    outputs: outputs.map((name) => ({ path: name, digest: digestOf(1), sizeBytes: 1 })),
  }
}

/** Commits an output of a pipeline. */
async function commitOutput(store: CommitStore, name: string, number: number, datums: readonly DatumRecord[]) {
  const origin: PipelineOrigin = {
    ...{
      kind: "pipeline",
      pipeline: `${name}.yaml`,
      gear: { id: "g", name: "g", version: "1" },
      config: {},
      inputs: [],
    },
    counts: { total: 1, kept: 0, reused: 0, run: 1, failed: 0, recovered: 0, removed: 0 },
  }
  const head: Commit = {
    ...{ format: COMMIT_FORMAT, id: String(number).repeat(24), number, of: name, created: "2026-01-01T00:00:00.000Z" },
    ...{ origin, digest: digestOf(number), fileCount: 1, sizeBytes: 1 },
  }
  await store.write(outputOf(name), head, datums)
  return head
}

test("a folder is known by where it lies, a place by what is asked, and another pipeline's output by neither", () => {
  const checked = pipeline("/data/flows", { folder: "x", glob: "/" })
  const key = (input: Parameters<typeof folderKey>[1]) => folderKey(checked, input)
  assert.equal(key({ folder: "../scans/", glob: "/" }), "/data/scans")
  assert.equal(key({ folder: "/scans", glob: "/" }), "/scans")
  assert.equal(
    key({ archive: { tag: "ok", place: "lab/x" }, glob: "/" }),
    key({ archive: { place: "lab/x", tag: "ok" }, glob: "/a" }),
  )
  assert.notEqual(key({ archive: { place: "lab/x" }, glob: "/" }), key({ archive: { place: "lab/y" }, glob: "/" }))
  assert.equal(key({ pipeline: "prep", glob: "/" }), undefined)
})

test("a place of an archive is asked when it is read, and known by its server and by what is asked of it", async (context) => {
  const { means, listed } = await bench(context)
  const query = { place: "lab/scans", type: "nifti" }
  const source = await findPlace(query, means.archives)
  assert.deepEqual(listed, [])
  const state = await source.read()
  assert.deepEqual(state.origin, { kind: "archive", place: "lab/scans", type: "nifti", server: SERVER, id: "place1" })
  assert.deepEqual([state.server, state.root, state.files], [SERVER, undefined, [LISTED]])
  assert.deepEqual(source.of, versionedPlace({ ...query, server: SERVER }))
  const other = await findPlace(query, { ...means.archives, addressOf: async () => "https://other.example" })
  assert.notEqual(other.of.name, source.of.name)
})

test("a folder that several inputs and pipelines name is read once", async (context) => {
  const { folder, read, listed, means } = await bench(context)
  const scans = { folder: "./scans", glob: "/*" }
  const pipelines = [
    pipeline(folder, { cross: [scans, { folder: "scans/", glob: "/**", name: "again" }] }),
    pipeline(join(folder, "scans"), {
      union: [
        { ...scans, folder: "." },
        { archive: { place: "lab/x" }, glob: "/" },
      ],
    }),
    pipeline(folder, { pipeline: "prep", glob: "/" }),
  ]
  const states = await readFolders(pipelines, means)
  assert.deepEqual([...states.keys()], [join(folder, "scans"), '{"place":"lab/x"}'])
  assert.deepEqual(read.toSorted(), ["b.txt", "sub/a.txt"])
  assert.equal(listed.length, 1)
})

test("a folder is committed once for as long as nothing in it changes", async (context) => {
  const { folder, store, means } = await bench(context)
  const pipelines = [pipeline(folder, { folder: "./scans", glob: "/*" })]
  const key = join(folder, "scans")
  const first = (await commitFolders(pipelines, means)).get(key)
  const again = (await commitFolders(pipelines, means)).get(key)
  assert.deepEqual([first?.commit.number, again?.commit.number], [1, 1])
  await writeFile(join(folder, "scans/c.txt"), "c")
  const changed = (await commitFolders(pipelines, means)).get(key)
  assert.equal(changed?.commit.number, 2)
  assert.deepEqual(
    (await store.files(changed?.state.of ?? assert.fail(), 2)).map(({ path }) => path),
    ["b.txt", "c.txt", "sub/a.txt"],
  )
})

test("what an input reads has the commit under the input's own name; one that was only looked at has none", async (context) => {
  const { folder, store, means } = await bench(context)
  const checked = pipeline(folder, { folder: "./scans", glob: "/*", name: "pictures" })
  const [input] = folderInputs(checked.pipeline.input)
  assert.ok(input !== undefined)
  const committed = (await openSources(checked, await commitFolders([checked], means), store)).get(input)
  assert.equal(committed?.commit?.name, "pictures")
  assert.equal(committed?.commit?.number, 1)
  assert.equal("origin" in (committed ?? {}), false)
  const states = await readFolders([checked], means)
  const looked = new Map([...states].map(([key, state]) => [key, { state }]))
  assert.equal((await openSources(checked, looked, store)).get(input)?.commit, undefined)
  await assert.rejects(openSources(checked, new Map(), store), TypeError)
})

test("of another pipeline the newest output is read, of complete datums only, under each input's own name", async (context) => {
  const { folder, store } = await bench(context)
  await commitOutput(store, "prep", 1, [datum("old", ["old.txt"])])
  await commitOutput(store, "prep", 2, [datum("b", ["b.txt"]), datum("a", ["a.txt"]), datum("c", ["c.txt"], "failed")])
  const checked = pipeline(folder, {
    cross: [
      { pipeline: "prep", glob: "/*" },
      { pipeline: "prep", glob: "/*", name: "second" },
    ],
  })
  const sources = [...(await openSources(checked, new Map(), store)).values()]
  assert.deepEqual(
    sources.map(({ commit, files }) => [commit?.name, commit?.number, files.map(({ path }) => path)]),
    [
      ["prep", 2, ["a.txt", "b.txt"]],
      ["second", 2, ["a.txt", "b.txt"]],
    ],
  )
})

test("a pipeline that never ran has no output to read, and nothing before", async (context) => {
  const { folder, store } = await bench(context)
  const checked = pipeline(folder, { pipeline: "prep", glob: "/*" })
  await assert.rejects(openSources(checked, new Map(), store), (error) => isGeartrainError(error, "PIPELINE_NOT_FOUND"))
  assert.equal(await openBefore("prep", store), undefined)
})

test("what was before is the newest commit, with its datums by their ids", async (context) => {
  const { store } = await bench(context)
  await commitOutput(store, "prep", 1, [datum("old", [])])
  const head = await commitOutput(store, "prep", 2, [datum("a", ["a.txt"]), datum("b", [], "failed")])
  const before = await openBefore("prep", store)
  assert.deepEqual([before?.commit, before?.origin], [head, head.origin])
  assert.deepEqual([...(before?.byId.keys() ?? [])], ["a", "b"])
  assert.equal(before?.byId.get("b")?.state, "failed")
})
