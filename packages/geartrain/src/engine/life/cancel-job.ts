import { isEnded, type JobId } from "@geartrain/spec"
import { isAlive, signalProcess } from "../../system/host.ts"
import type { Stores } from "../engine-ports.ts"
import { reconcileJobs } from "./reconcile-jobs.ts"

/**
 * Asks the program that runs a job to end it: that program stops the gear and writes the record.
 *
 * @returns `ended` when there was nothing to cancel any more.
 */
export async function cancelJob(
  id: JobId,
  stores: Pick<Stores, "blobs" | "jobs"> & { readonly workFolder: string },
): Promise<"asked" | "ended"> {
  const record = await stores.jobs.get(id)
  if (record === undefined || isEnded(record.state)) return "ended"
  const owner = await stores.jobs.owner(id)
  if (owner === undefined || !isAlive(owner)) {
    await reconcileJobs(stores)
    return "ended"
  }
  signalProcess(owner, "SIGTERM")
  return "asked"
}
