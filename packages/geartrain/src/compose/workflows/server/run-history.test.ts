import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import type { GearClient } from "@geartrain/sdk/client"
import { type ErrorCode, GeartrainError, type JobRecord } from "@geartrain/spec"
import { job } from "../../../../test/stores/records/sample-records.ts"
import { idOf } from "../../../../test/workflows/sample-plan.ts"
import { RUN_FORMAT } from "../../../workflows/run/fold-run.ts"
import { findAnalysis } from "./find-analysis.ts"
import { openKeptRecords } from "./kept-records.ts"
import { runHistory } from "./run-history.ts"

const URL = "http://here"

function homeOf(context: TestContext): string {
  const home = mkdtempSync(join(tmpdir(), "geartrain-run-history-"))
  context.after(() => rmSync(home, { recursive: true }))
  return home
}

/** A run on a server, with the records of its jobs. */
async function run(home: string, number: number, records: readonly JobRecord[], url = URL): Promise<void> {
  const folder = join(home, "runs", idOf(number))
  mkdirSync(join(folder, "records"), { recursive: true })
  const header = { format: RUN_FORMAT, id: idOf(number), name: "w", server: { url, project: "p" } }
  writeFileSync(join(folder, "run.json"), JSON.stringify(header))
  utimesSync(join(folder, "run.json"), 1000 + number, 1000 + number)
  const kept = openKeptRecords(folder)
  for (const record of records) await kept.keep(record)
}

function done(number: number, more: Partial<JobRecord> = {}): JobRecord {
  const created = `2026-01-01T00:00:${String(number).padStart(2, "0")}.000Z`
  const made = job(number, { state: "complete", created, ...more })
  return { ...made, gear: { ...made.gear, name: "tool" } }
}

test("the newest jobs of a gear come first, whichever of the runs they are of, and each once", async (context) => {
  const home = homeOf(context)
  await run(home, 1, [done(5), done(2)])
  await run(home, 2, [done(3), done(5)])
  const { newest } = runHistory(home, URL)
  const ids = async (most: number) => (await newest("tool", most)).map(({ id }) => id)
  assert.deepEqual(
    await ids(10),
    [5, 3, 2].map((number) => done(number).id),
  )
  assert.deepEqual(
    await ids(2),
    [5, 3].map((number) => done(number).id),
  )
  assert.deepEqual(await newest("other", 10), [])
})

test("only jobs that are complete count, and only those of runs on this server", async (context) => {
  const home = homeOf(context)
  await run(home, 1, [done(1), done(2, { state: "failed" })])
  await run(home, 2, [done(3)], "http://there")
  const ids = (await runHistory(home, URL).newest("tool", 10)).map(({ id }) => id)
  assert.deepEqual(ids, [done(1).id])
})

test("figures are the time, the bytes of all outputs and the memory, as far as the record has them", async (context) => {
  const home = homeOf(context)
  const outputs = [1, 2].map((number) => ({ path: `${number}`, digest: done(1).gear.id, sizeBytes: number }))
  const usage = { wallMs: 7, peakMemoryBytes: 9, method: "cgroup" } as const
  const { usage: _, ...bare } = done(1)
  await run(home, 1, [{ ...done(2), outputs, usage }, bare])
  const figures = await runHistory(home, URL).figures("tool", 10)
  assert.deepEqual(figures, [
    { wallMs: 7, outputBytes: 3, peakMemoryBytes: 9 },
    { outputBytes: bare.outputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) },
  ])
})

test("runs are read once, however often somebody asks", async (context) => {
  const home = homeOf(context)
  await run(home, 1, [done(1)])
  const history = runHistory(home, URL)
  assert.equal((await history.newest("tool", 10)).length, 1)
  await run(home, 2, [done(2)])
  assert.equal((await history.figures("tool", 10)).length, 1)
  assert.equal((await runHistory(home, URL).newest("tool", 10)).length, 2)
})

test("a machine that never ran anything knows nothing", async (context) => {
  assert.deepEqual(await runHistory(join(homeOf(context), "none"), URL).newest("tool", 10), [])
})

type Answer = object | ErrorCode

/** A client that is given these answers, in order, and the requests that it made. What a server refuses is thrown, as the client does. */
function clientOf(answers: readonly Answer[]) {
  const asked: string[] = []
  const answer = async (method: string, path: string, given: object) => {
    asked.push(`${method} ${path} ${JSON.stringify(given)}`)
    const data = answers[asked.length - 1] ?? assert.fail("one request too many")
    if (typeof data === "string") throw new GeartrainError(data, "It is refused")
    return { data, response: new Response() }
  }
  const api = {
    GET: (path: string, { params }: { readonly params: { readonly query: object } }) =>
      answer("GET", path, params.query),
    POST: (path: string, { body }: { readonly body: object }) => answer("POST", path, body),
  }
  return { client: { api, url: URL } as unknown as GearClient, asked }
}

const FOUND: Answer = { kind: "place", place: { id: "a1" } }
const WISH = { project: "p1", label: "run-7", description: "Files of a run" }
const SIGNAL = new AbortController().signal

test("an analysis that is there is found by its label, and none is made", async () => {
  const { client, asked } = clientOf([FOUND])
  assert.equal(await findAnalysis(client, WISH, SIGNAL), "a1")
  assert.deepEqual(asked, ['GET /api/v1/lookup {"path":"p1/analyses/run-7"}'])
})

test("an analysis that is not there is made in the project", async () => {
  const { client, asked } = clientOf(["PLACE_NOT_FOUND", { id: "a2" }])
  assert.equal(await findAnalysis(client, WISH, SIGNAL), "a2")
  assert.deepEqual(asked[1], 'POST /api/v1/analyses {"parent":"p1","label":"run-7","description":"Files of a run"}')
})

test("one that somebody made meanwhile is taken, and a label that something else has is refused", async () => {
  const [none, taken] = ["PLACE_NOT_FOUND", "LABEL_TAKEN"] as const
  assert.equal(await findAnalysis(clientOf([none, taken, FOUND]).client, WISH, SIGNAL), "a1")
  const file: Answer = { kind: "file", file: { id: "f1" } }
  for (const second of [none, file])
    await assert.rejects(findAnalysis(clientOf([none, taken, second]).client, WISH, SIGNAL), { code: "LABEL_TAKEN" })
})

test("a server that does not answer is no reason to make an analysis", async () => {
  const { client, asked } = clientOf(["SERVER_UNREACHABLE"])
  await assert.rejects(findAnalysis(client, WISH, SIGNAL), { code: "SERVER_UNREACHABLE" })
  assert.equal(asked.length, 1)
})
