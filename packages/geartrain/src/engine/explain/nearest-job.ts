import type { JobRecord } from "@geartrain/spec"
import { diffInvocations, type JobDifference } from "../../provenance/diff-invocations.ts"
import type { Stores } from "../engine-ports.ts"

/** An earlier job, and in what its invocation differs. */
export interface NearJob {
  readonly job: JobRecord
  /** None: it is the same invocation, and its outputs are those that were wanted. */
  readonly components: readonly JobDifference[]
}

/** More jobs of one gear are not looked through: the newest are the likeliest to be near. */
const MOST_LOOKED_AT = 1000

/**
 * The completed job of the same gear, by name, whose invocation differs in the fewest things from a job's; of several, the newest before it.
 * Runs that were made to compare are no jobs that anything could be answered from.
 */
export async function nearestJob(record: JobRecord, stores: Pick<Stores, "jobs">): Promise<NearJob | undefined> {
  let nearest: NearJob | undefined
  const jobs = await stores.jobs.list({ gear: record.gear.name, states: ["complete"], limit: MOST_LOOKED_AT })
  for (const { id, created } of jobs) {
    if (id === record.id || created > record.created) continue
    const job = await stores.jobs.get(id)
    if (job === undefined || job.forVerification === true) continue
    const components = diffInvocations(job, record)
    if (nearest === undefined || components.length < nearest.components.length) nearest = { job, components }
    if (components.length === 0) break
  }
  return nearest
}
