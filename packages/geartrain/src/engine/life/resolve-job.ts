import { GeartrainError, type JobId, type JobRecord } from "@geartrain/spec"
import type { Stores } from "../engine-ports.ts"

/**
 * Finds the job whose id is, or begins with, a text; `latest` is the newest job.
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
  throw new GeartrainError("JOB_NOT_FOUND", `Cannot find job "${text}": no job has an id that begins so`, {
    details: { text },
    hint: "List the jobs: gear jobs",
  })
}

async function latest(stores: Pick<Stores, "jobs">): Promise<readonly JobId[]> {
  const jobs = await stores.jobs.list({ limit: 1 })
  return jobs.map((job) => job.id)
}
