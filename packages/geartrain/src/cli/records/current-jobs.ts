import type { JobQuery, JobStore, JobSummary } from "@geartrain/ports"
import { isGeartrainError } from "@geartrain/spec"
import type { Settings } from "../../settings/settings.ts"
import { isAlive } from "../../system/host.ts"

/**
 * Lists jobs as they are now: one that is written down as running, and whose program is gone, is ended first.
 *
 * @param warn  Told where that cannot be written down, on a full disk or one that takes no writes. The list is as it was then.
 */
export async function currentJobs(
  settings: Settings,
  query: JobQuery,
  warn: (sentence: string) => void,
): Promise<readonly JobSummary[]> {
  const { openRecords } = await import("../../compose/stores/open-records.ts")
  const records = await openRecords(settings)
  try {
    const jobs = await records.jobs.list(query)
    if (!(await hasLost(records.jobs)) || !(await endLost(settings, warn))) return jobs
  } finally {
    await records.close()
  }
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

/**
 * Rare, and it needs the whole store: so it is not on the way of every list.
 *
 * @returns whether they could be ended.
 */
async function endLost(settings: Settings, warn: (sentence: string) => void): Promise<boolean> {
  const [{ openEngine }, { reconcileJobs }] = await Promise.all([
    import("../../compose/open-engine.ts"),
    import("../../engine/life/reconcile-jobs.ts"),
  ])
  try {
    const engine = await openEngine(settings, { write: true })
    try {
      await reconcileJobs(engine)
    } finally {
      await engine.close()
    }
    return true
  } catch (error) {
    if (!isGeartrainError(error, "STORE_FULL") && !isGeartrainError(error, "STORE_READ_ONLY")) throw error
    warn(`Jobs that are listed as running have ended, which cannot be written down yet: ${error.message}`)
    return false
  }
}
