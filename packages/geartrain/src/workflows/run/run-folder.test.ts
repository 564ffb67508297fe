import assert from "node:assert/strict"
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import type { RunEvent } from "@geartrain/spec/workflow"
import { idOf, plannedJob, samplePlan } from "../../../test/workflows/sample-plan.ts"
import { sha256 } from "../../system/hash.ts"
import { ownIdentity } from "../../system/host.ts"
import { createRun, findRun, listRuns, readRun } from "./run-folder.ts"
import { isRunHeld, openJournal, removeRun } from "./run-journal.ts"

const folder = mkdtempSync(join(tmpdir(), "geartrain-runs-"))
after(() => rmSync(folder, { recursive: true }))

const runId = (number: number): string => idOf(number)
const PLAN = samplePlan([plannedJob("a")])
const AT = "2026-01-01T00:00:00.000Z"
const begun = (why: string): RunEvent => ({ at: AT, event: "run", state: "running", why })

let runs = 0
async function newRun(number: number, created = AT): Promise<{ readonly all: string; readonly folder: string }> {
  const all = join(folder, `runs-${++runs}`)
  return { all, folder: (await createRun(all, PLAN, { id: runId(number), name: "sample", created })).folder }
}

test("a run is its plan and what was appended, in order, and no half-made one is ever seen", async () => {
  const run = await newRun(1)
  const journal = await openJournal(run.folder)
  for (let index = 0; index < 1000; index++) journal.append(begun(`${index}`))
  await journal.close()
  const { header, plan, events } = await readRun(run.folder)
  assert.deepEqual(plan, PLAN)
  assert.equal(header.name, "sample")
  assert.deepEqual(
    events.map((event) => ("why" in event ? event.why : "")),
    Array.from({ length: 1000 }, (_, index) => `${index}`),
  )
  assert.deepEqual(readdirSync(run.all), [runId(1)])
})

test("a plan is written piece by piece, for its user alone, and its digest is that of its bytes", async () => {
  const jobs = Array.from({ length: 5000 }, (_, index) =>
    plannedJob(`höchst[${index}]`, [], { config: { text: "ä".repeat(200) } }),
  )
  const plan = samplePlan(jobs)
  const { folder: made, header } = await createRun(join(folder, "pieces"), plan, {
    id: runId(6),
    name: "s",
    created: AT,
  })
  const file = join(made, "plan.json")
  assert.equal(header.plan, sha256(readFileSync(file)))
  assert.deepEqual((await readRun(made)).plan, plan)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  // A line for each job: nobody had all of it in one text.
  assert.ok(readFileSync(file, "utf8").split("\n").length > jobs.length)
})

test("a run that cannot be made leaves nothing", async () => {
  const all = join(folder, "nothing")
  const unwritable = { ...PLAN, jobs: [{ ...plannedJob("a"), config: { big: 1n } }] } as unknown as typeof PLAN
  await assert.rejects(createRun(all, unwritable, { id: runId(7), name: "s", created: AT }), TypeError)
  assert.deepEqual(readdirSync(all), [])
})

test("a line that was not written whole is passed over, and cut off by whoever goes on", async () => {
  const run = await newRun(2)
  const file = join(run.folder, "events.jsonl")
  for (const torn of ['{"at":"2026', "x".repeat(200_000)]) {
    writeFileSync(file, `${JSON.stringify(begun("whole"))}\n${torn}`)
    assert.equal((await readRun(run.folder)).events.length, 1)
    const journal = await openJournal(run.folder)
    journal.append(begun("next"))
    await journal.close()
    assert.equal((await readRun(run.folder)).events.length, 2)
  }
  writeFileSync(file, "torn alone")
  await (await openJournal(run.folder)).close()
  assert.equal(readFileSync(file, "utf8"), "")
})

test("what was changed since is told, and not believed", async () => {
  const run = await newRun(3)
  appendFileSync(join(run.folder, "events.jsonl"), `nonsense\n${JSON.stringify(begun("x"))}\n`)
  await assert.rejects(readRun(run.folder), {
    code: "WORKFLOW_RUN_DAMAGED",
    message: /events.jsonl, line 1 cannot be read/,
  })
  writeFileSync(join(run.folder, "plan.json"), "{}")
  await assert.rejects(readRun(run.folder), { code: "WORKFLOW_RUN_DAMAGED", message: /its plan has digest/ })
  writeFileSync(join(run.folder, "run.json"), '{"format":"geartrain-run/9"}')
  await assert.rejects(readRun(run.folder), { code: "WORKFLOW_RUN_DAMAGED", message: /geartrain-run\/9/ })
})

test("one process has a run, and it cannot be removed meanwhile", async () => {
  const run = await newRun(4)
  assert.equal(await isRunHeld(run.folder), false)
  const journal = await openJournal(run.folder)
  assert.equal(await isRunHeld(run.folder), true)
  await assert.rejects(openJournal(run.folder), { code: "WORKFLOW_RUN_BUSY" })
  await assert.rejects(removeRun(run.folder), { code: "WORKFLOW_RUN_BUSY" })
  await journal.close()
  await removeRun(run.folder)
  assert.deepEqual(await listRuns(run.all), [])
})

test("whoever looks whether somebody has a run is in nobody's way", async () => {
  const run = await newRun(11)
  const lock = join(run.folder, "lock")
  await (await openJournal(run.folder)).close()
  // Nobody could take a lock of this: a look that tried would fail.
  rmSync(lock)
  mkdirSync(lock)
  assert.equal(await isRunHeld(run.folder), false)
  const owner = join(run.folder, "owner.json")
  writeFileSync(owner, JSON.stringify(ownIdentity()))
  assert.equal(await isRunHeld(run.folder), true)
  writeFileSync(owner, JSON.stringify({ ...ownIdentity(), startTime: `1@${"0".repeat(36)}@1` }))
  assert.equal(await isRunHeld(run.folder), false)
})

test("of an owner that cannot be seen from here the lock tells", async () => {
  const run = await newRun(12)
  const journal = await openJournal(run.folder)
  for (const text of [JSON.stringify({ ...ownIdentity(), host: "elsewhere" }), "{}", "torn"]) {
    writeFileSync(join(run.folder, "owner.json"), text)
    assert.equal(await isRunHeld(run.folder), true)
  }
  await journal.close()
  assert.equal(await isRunHeld(run.folder), false)
  writeFileSync(join(run.folder, "owner.json"), JSON.stringify({ ...ownIdentity(), host: "elsewhere" }))
  assert.equal(await isRunHeld(run.folder), false)
})

test("a run is found by the beginning of its id, and the newest by name", async () => {
  const { all } = await newRun(0xabcd, "2026-01-02T00:00:00.000Z")
  await createRun(all, PLAN, { id: runId(0xabce), name: "sample", created: AT })
  assert.equal(await findRun(all, runId(0xabce)), join(all, runId(0xabce)))
  assert.equal(await findRun(all, "latest"), join(all, runId(0xabcd)))
  await assert.rejects(findRun(all, "0000"), { code: "WORKFLOW_RUN_AMBIGUOUS" })
  await assert.rejects(findRun(all, "ffff"), { code: "WORKFLOW_RUN_NOT_FOUND" })
  await assert.rejects(findRun(all, "../.."), { code: "WORKFLOW_RUN_NOT_FOUND" })
  await assert.rejects(findRun(join(folder, "none"), "latest"), { code: "WORKFLOW_RUN_NOT_FOUND" })
})

test("a run that is damaged keeps nobody from the newest of the others", async () => {
  const { all, folder: old } = await newRun(8)
  const damaged = await createRun(all, PLAN, { id: runId(9), name: "sample", created: "2026-01-03T00:00:00.000Z" })
  writeFileSync(join(damaged.folder, "run.json"), "{")
  assert.equal(await findRun(all, "latest"), old)
  assert.equal(await findRun(all, runId(9)), damaged.folder)
  rmSync(old, { recursive: true })
  await assert.rejects(findRun(all, "latest"), { code: "WORKFLOW_RUN_NOT_FOUND" })
})

test("whoever looks for a run that was removed makes no folder of it", async () => {
  const { all, folder: gone } = await newRun(10)
  await removeRun(gone)
  assert.equal(await isRunHeld(gone), false)
  assert.deepEqual(readdirSync(all), [])
})
