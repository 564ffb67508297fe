/** Runs a workflow on jobs that do nothing but wait, and prints the milliseconds of processor time for each second of it. `node worker COUNT`. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { MACHINE_CLOCK } from "../../packages/geartrain/src/workflows/run/clock/run-clock.ts"
import { runPlan } from "../../packages/geartrain/src/workflows/run/coordinator.ts"
import { foldRun } from "../../packages/geartrain/src/workflows/run/fold-run.ts"
import { openJournal } from "../../packages/geartrain/src/workflows/run/run-journal.ts"
import { FakeJobs } from "../../packages/geartrain/test/workflows/fake-jobs.ts"
import { plannedJob, samplePlan } from "../../packages/geartrain/test/workflows/sample-plan.ts"

const count = Number(process.argv[2])
const LASTS_MS = 10_000
/** Each of the first is followed by another, which waits for it. */
const ROUNDS = 2

const firsts = Array.from({ length: count }, (_, index) => plannedJob(`first[${index}]`))
const seconds = firsts.map(({ key }, index) => plannedJob(`second[${index}]`, [key]))
const plan = samplePlan([...firsts, ...seconds])
const folder = mkdtempSync(join(tmpdir(), "geartrain-coordinator-"))
const jobs = new FakeJobs({ lasts: () => new Promise((resolve) => setTimeout(resolve, LASTS_MS)) })
const journal = await openJournal(folder)
try {
  const before = process.cpuUsage()
  const start = performance.now()
  const run = runPlan(
    { plan, view: foldRun(plan, []) },
    { jobs, journal, clock: MACHINE_CLOCK, newId: jobs.newId, expandOpen: async () => ({ jobs: [], open: [] }) },
    { capacity: { jobs: count, cpus: count, memoryBytes: 1, categories: {} } },
  )
  const { state } = await run.ended
  const { user, system } = process.cpuUsage(before)
  const wallMs = performance.now() - start
  if (state !== "complete" || jobs.started.length !== ROUNDS * count || jobs.mostRunning !== count)
    throw new Error(`The run is ${state} after ${jobs.started.length} jobs, ${jobs.mostRunning} at a time`)
  console.log((user + system) / 1000 / (wallMs / 1000))
} finally {
  await journal.close()
  rmSync(folder, { recursive: true })
}
