import assert from "node:assert/strict"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { gear } from "../../../../test/stores/records/sample-records.ts"
import { digestOf } from "../../../../test/workflows/sample-plan.ts"
import type { Datum, DatumPart } from "../datums/datum.ts"
import type { DatumCode } from "../datums/datum-key.ts"
import type { DatumRecord } from "../datums/datum-record.ts"
import type { CheckedPipeline } from "../document/read-pipeline.ts"
import { COMMIT_FORMAT, type Commit, type PipelineOrigin, type TreeFile } from "../folders/commit.ts"
import { CommitStore, outputOf } from "../folders/commit-store.ts"
import type { Before } from "./before.ts"
import { whyRun } from "./why-run.ts"

const GEAR = gear(1)
const CODE: DatumCode = { gear: GEAR.id, config: { k: 1 } }
const CHECKED = { gear: GEAR } as CheckedPipeline

const file = (path: string, number = 1): TreeFile => ({ path, digest: digestOf(number), sizeBytes: 1 })

function datum(files: readonly TreeFile[], more: Partial<DatumPart> = {}): Datum {
  return [{ input: "in", to: "in", path: "s1", caught: [], files, ...more }]
}

function record(more: Partial<DatumRecord> = {}): DatumRecord {
  return {
    ...{ id: "1", key: "old", parts: [], state: "complete", how: "run", why: "", since: 3, place: "", outputs: [] },
    ...more,
  }
}

function headOf(of: string, number: number, origin: Commit["origin"]): Commit {
  return {
    ...{ format: COMMIT_FORMAT, id: "0".repeat(24), number, of, created: "2026-01-01T00:00:00.000Z", origin },
    ...{ digest: digestOf(0), fileCount: 1, sizeBytes: 1 },
  }
}

/** The commit before, made with the same gear and config unless something else is said. */
function beforeOf(more: Partial<PipelineOrigin> = {}): Before {
  const origin: PipelineOrigin = {
    ...{ kind: "pipeline", pipeline: "p.yaml", config: { k: 1 } },
    gear: { id: GEAR.id, name: GEAR.manifest.name, version: GEAR.manifest.version },
    inputs: [{ name: "in", of: "scans-00000000", number: 2, id: "0".repeat(24) }],
    counts: { total: 1, kept: 0, reused: 0, run: 1, failed: 0, recovered: 0, removed: 0 },
    ...more,
  }
  return { commit: headOf("p", 7, origin), origin, byId: new Map() }
}

async function storeOf(context: TestContext, held: readonly TreeFile[] = []): Promise<CommitStore> {
  const folder = await mkdtemp(join(tmpdir(), "gear-why-"))
  context.after(() => rm(folder, { recursive: true, force: true }))
  const store = new CommitStore(folder)
  const of = { kind: "folders", name: "scans-00000000" } as const
  await store.write(of, headOf(of.name, 2, { kind: "folder", path: "/scans" }), held)
  return store
}

interface Asked {
  readonly before?: Before
  readonly code?: DatumCode
  readonly record?: DatumRecord
  readonly key?: string
}

function why(store: CommitStore, one: Datum, asked: Asked = {}): Promise<string> {
  const { before = beforeOf(), code = CODE, record: was = record(), key = "new" } = asked
  return whyRun({ checked: CHECKED, code, before, store })({ datum: one, key, before: was })
}

test("the first run, new paths, and what failed or was recovered before, are reasons by themselves", async (context) => {
  const store = await storeOf(context)
  const tell = whyRun({ checked: CHECKED, code: CODE, before: undefined, store })
  assert.equal(await tell({ datum: datum([]), key: "k" }), "the pipeline has never run")
  const known = whyRun({ checked: CHECKED, code: CODE, before: beforeOf(), store })
  assert.equal(await known({ datum: datum([]), key: "k" }), "there was no datum of these paths")
  const failed = record({ state: "failed", key: "new" })
  assert.equal(await why(store, datum([]), { record: failed }), "it failed in commit 3")
  const recovered = record({ state: "recovered", key: "new" })
  assert.match(await why(store, datum([]), { record: recovered }), /recovered are asked for/)
})

test("a datum that failed, and of which something changed, is done for what changed", async (context) => {
  const store = await storeOf(context, [file("s1", 1)])
  const failed = record({ state: "failed", key: "old" })
  assert.equal(await why(store, datum([file("s1", 2)]), { record: failed }), "in has other content in s1")
})

test("another gear, another config and another salt are told before files, in this order", async (context) => {
  const store = await storeOf(context)
  const { name, version } = GEAR.manifest
  const code = (before: Partial<PipelineOrigin>, now: DatumCode = CODE) =>
    why(store, datum([file("s1")]), { before: beforeOf(before), code: now })
  assert.equal(
    await code({ gear: { id: "x", name, version: "0.9.0" }, config: {} }),
    `gear ${name}@0.9.0 became ${name}@${version}`,
  )
  assert.equal(await code({ gear: { id: "x", name, version } }), `gear ${name}@${version} was made anew since commit 7`)
  assert.equal(await code({ config: { k: 2 }, salt: "s" }), "config k changed from 2 to 1")
  assert.equal(await code({ config: {} }), "config k changed from its default to 1")
  assert.equal(await code({ config: { k: 1, a: "x", b: 1 } }), 'config a changed from "x" to its default')
  assert.equal(
    await code({ config: { k: { y: 1, x: 2 } } }, { ...CODE, config: { k: { x: 2, y: 1 } }, salt: "s" }),
    "the salt changed",
  )
})

test("files that are new, have other content or are gone are told with their input", async (context) => {
  const store = await storeOf(context, [file("s1/a", 1), file("s1/b", 2), file("s10/c", 3)])
  const folder = { path: "s1" }
  assert.equal(await why(store, datum([file("s1/a", 1), file("s1/b", 9)], folder)), "in has other content in s1/b")
  assert.equal(
    await why(store, datum([file("s1/a"), file("s1/b", 2), file("s1/z")], folder)),
    "in has a new file, s1/z",
  )
  assert.equal(await why(store, datum([file("s1/a", 1)], folder)), "in lost a file, s1/b")
  assert.equal(await why(store, datum([file("s1/a", 1), file("s1/b", 2)], folder)), "how its files are given changed")
})

test("files that are a reference are no reason, and of empty ones only their names are", async (context) => {
  const store = await storeOf(context, [file("s1", 1)])
  assert.match(await why(store, datum([file("s1", 2)], { reference: true })), /how its files are given/)
  assert.match(await why(store, datum([file("s1", 2)], { emptyFiles: true })), /how its files are given/)
  assert.equal(await why(store, datum([file("s2", 2)], { emptyFiles: true })), "in has a new file, s2")
})

test("what was read of another pipeline is looked up in its output of that time, and what is kept no more is taken for nothing", async (context) => {
  const store = await storeOf(context)
  const read = (of: string, number: number) => beforeOf({ inputs: [{ name: "in", of, number, id: "0".repeat(24) }] })
  const { origin } = beforeOf()
  await store.write(outputOf("prep"), headOf("prep", 4, origin), [record({ outputs: [file("s1", 1)] })])
  const one = datum([file("s1", 2)])
  assert.equal(await why(store, one, { before: read("prep", 4) }), "in has other content in s1")
  assert.equal(await why(store, one, { before: read("prep", 3) }), "in has a new file, s1")
  assert.equal(await why(store, one, { before: beforeOf({ inputs: [] }) }), "in has a new file, s1")
})

test("what an input held before is read once for all datums", async (context) => {
  const store = await storeOf(context, [file("s1", 1), file("s2", 1)])
  const tell = whyRun({ checked: CHECKED, code: CODE, before: beforeOf(), store })
  const ask = (path: string) => tell({ datum: datum([file(path, 2)], { path }), key: "new", before: record() })
  assert.equal(await ask("s1"), "in has other content in s1")
  store.files = () => assert.fail("it is read again")
  assert.equal(await ask("s2"), "in has other content in s2")
})
