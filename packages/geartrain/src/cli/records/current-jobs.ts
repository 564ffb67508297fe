import type { JobQuery, JobStore, JobSummary } from "@geartrain/ports"
import type { Settings } from "../../settings/settings.ts"
import { isAlive } from "../../system/host.ts"

/** Lists jobs as they are now: one that is written down as running, and whose program is gone, is ended first. */
export async function currentJobs(settings: Settings, query: JobQuery): Promise<readonly JobSummary[]> {
  const { openRecords } = await import("../../compose/open-records.ts")
  const records = await openRecords(settings)
  try {
    const jobs = await records.jobs.list(query)
    if (!(await hasLost(records.jobs))) return jobs
  } finally {
    await records.close()
  }
  await endLost(settings)
  const again = await openRecords(settings)
  try {
    return await again.jobs.list(query)
  } finally {
    await again.close()
  }
}

async function hasLost(jobs: JobStore): Promise<boolean> {
  for (const { id } of await jobs.list({ states: ["pending", "running"] })) {
    const owner = await jobs.owner(id)
    if (owner === undefined || !isAlive(owner)) return true
  }
  return false
}

/** Rare, and it needs the whole store: so it is not on the way of every list. */
async function endLost(settings: Settings): Promise<void> {
  const [{ openEngine }, { reconcileJobs }] = await Promise.all([
    import("../../compose/open-engine.ts"),
    import("../../engine/life/reconcile-jobs.ts"),
  ])
  const engine = await openEngine(settings, { write: true })
  try {
    await reconcileJobs(engine)
  } finally {
    await engine.close()
  }
}
