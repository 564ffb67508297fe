import { GeartrainError, type JobId, type JobRecord } from "@geartrain/spec"
import type { Stores } from "../engine-ports.ts"

/**
 * Finds the job whose id is, or begins with, a text; `latest` is the newest that somebody ran for its own sake, which a re-run of `gear verify` is
 * not.
 *
 * @throws {GeartrainError} JOB_NOT_FOUND; JOB_AMBIGUOUS.
 */
export async function resolveJob(text: string, stores: Pick<Stores, "jobs">): Promise<JobRecord> {
  const ids = text === "latest" ? await latest(stores) : await stores.jobs.find(text)
  if (ids.length > 1) {
    throw new GeartrainError(
      "JOB_AMBIGUOUS",
      `Cannot find job "${text}": several ids begin so, such as ${ids.slice(0, 2).join(" and ")}`,
      {
        details: { text },
        hint: "Write more digits of the id",
      },
    )
  }
  const record = ids[0] === undefined ? undefined : await stores.jobs.get(ids[0])
  if (record !== undefined) return record
  const isLatest = text === "latest"
  const is = isLatest ? "no job was run yet" : "no job has an id that begins so"
  throw new GeartrainError("JOB_NOT_FOUND", `Cannot find job "${text}": ${is}`, {
    details: { text },
    hint: isLatest ? "Run one first: gear run GEAR" : "List the jobs: gear jobs",
  })
}

/** So many are looked at first; nearly always, the first or second is the one. */
const FIRST_LOOK = 4

async function latest(stores: Pick<Stores, "jobs">): Promise<readonly JobId[]> {
  for (let limit = FIRST_LOOK, seen = 0; ; limit *= 4) {
    const jobs = await stores.jobs.list({ limit })
    for (const { id } of jobs.slice(seen)) {
      const record = await stores.jobs.get(id)
      if (record !== undefined && record.forVerification !== true) return [id]
    }
    // Where there is nothing else any more, the newest re-run is better than nothing.
    if (jobs.length < limit) return jobs.slice(0, 1).map((job) => job.id)
    seen = jobs.length
  }
}
