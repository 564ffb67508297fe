import type { JobId, JobRecord } from "@geartrain/spec"
import { isAlive } from "../../system/host.ts"
import type { Stores } from "../engine-ports.ts"
import { jobFolders } from "../job-folders.ts"
import { failure } from "../phases/explain-failure.ts"
import { finishJob } from "../phases/finish-job.ts"

/**
 * Ends the records of jobs whose program is gone: killed, or lost with the machine. Logs and outputs that they left are kept.
 *
 * A job that had executed and was being collected is collected to its end, and is what it would have been.
 *
 * @returns the jobs that were ended.
 */
export async function reconcileJobs(
  stores: Pick<Stores, "blobs" | "jobs"> & { readonly workFolder: string },
): Promise<readonly JobId[]> {
  const lost: JobId[] = []
  for (const { id } of await stores.jobs.list({ states: ["running", "pending"] })) {
    const owner = await stores.jobs.owner(id)
    if (owner !== undefined && isAlive(owner)) continue
    const record = await stores.jobs.get(id)
    if (record?.state !== "running") continue
    await finishJob(
      record.phase === "collecting" ? record : abandoned(record),
      jobFolders(stores.workFolder, id),
      stores,
    )
    lost.push(id)
  }
  return lost
}

function abandoned(record: JobRecord): JobRecord {
  return {
    ...record,
    failure: failure("ENGINE_LOST", {
      message: `The program that ran the job ended before the job did, while it was ${record.phase ?? "running"}`,
      next: `gear replay ${record.id}`,
    }),
  }
}
