import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { open } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import type { RunEvent } from "@geartrain/spec/workflow"
import { idOf, plannedJob, samplePlan } from "../../../test/workflows/sample-plan.ts"
import { ownIdentity } from "../../system/host.ts"
import { createRun } from "../../workflows/run/run-folder.ts"
import { readStatus } from "./read-status.ts"

const runs = mkdtempSync(join(tmpdir(), "geartrain-status-"))
after(() => rmSync(runs, { recursive: true }))

const AT = "2026-01-01T00:00:00.000Z"
const DEAD = JSON.stringify({ ...ownIdentity(), startTime: `1@${"0".repeat(36)}@1` })

async function newRun(number: number): Promise<string> {
  const id: string = idOf(number)
  return (await createRun(runs, samplePlan([plannedJob("a")]), { id, name: "sample", created: AT })).folder
}

function add(folder: string, state: (RunEvent & { readonly event: "run" })["state"]): void {
  appendFileSync(join(folder, "events.jsonl"), `${JSON.stringify({ at: AT, event: "run", state })}\n`)
}

test("a run that nobody has is planned, or was interrupted; one that somebody has runs", async () => {
  const folder = await newRun(1)
  assert.equal((await readStatus(folder)).state, "planned")
  add(folder, "running")
  assert.equal((await readStatus(folder)).state, "interrupted")
  writeFileSync(join(folder, "owner.json"), JSON.stringify(ownIdentity()))
  assert.equal((await readStatus(folder)).state, "running")
  writeFileSync(join(folder, "owner.json"), DEAD)
  assert.equal((await readStatus(folder)).state, "interrupted")
})

test("a run that ends between two looks was not interrupted", async () => {
  const folder = await newRun(2)
  add(folder, "running")
  const owner = join(folder, "owner.json")
  // Whoever reads the owner waits here until somebody writes it.
  execFileSync("mkfifo", [owner])
  const status = readStatus(folder)
  const file = await open(owner, "w")
  add(folder, "complete")
  await file.writeFile(DEAD)
  await file.close()
  assert.equal((await status).state, "complete")
})
