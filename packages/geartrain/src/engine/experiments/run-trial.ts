import { GeartrainError, type JobRecord } from "@geartrain/spec"
import { replayRequest } from "../again/replay-request.ts"
import type { EnginePorts } from "../engine-ports.ts"
import type { JobRequest, RunJobOptions } from "../job-request.ts"
import { runJob } from "../phases/run-job.ts"
import type { Condition } from "./condition.ts"
import { holdRequest } from "./hold-request.ts"

export interface TrialOptions extends RunJobOptions {
  /** Where inputs lie now, by name. */
  readonly files?: Readonly<Record<string, string>>
}

export interface TrialMeans {
  readonly ports: EnginePorts
  readonly options?: TrialOptions
}

/** A clock that stands still may let a program wait for ever. Ten times as long as it took, and never less than a minute, is not that. */
const TIMES_AS_LONG = 10
const LEAST_TIME_MS = 60_000

/**
 * Runs a job again from its record, held to conditions, and nothing else changed.
 *
 * @returns the record of the run, which names the conditions. It may have failed: a gear may not bear what it is held to.
 * @throws {GeartrainError} JOB_NOT_REPLAYABLE when the job cannot be run again, or the user ended the run; what `runJob` throws.
 */
export async function runTrial(
  record: JobRecord,
  conditions: readonly Condition[],
  { ports, options = {} }: TrialMeans,
): Promise<JobRecord> {
  const request = await replayRequest(record, ports, { files: options.files ?? {} })
  return await runRequest(withPatience(holdRequest(request, conditions), record, conditions), record, {
    ports,
    options,
  })
}

/**
 * Runs a request that was made from a job's record, to see how it comes out.
 *
 * @throws {GeartrainError} JOB_NOT_REPLAYABLE when the user ended the run; what `runJob` throws.
 */
export async function runRequest(
  request: JobRequest,
  record: JobRecord,
  { ports, options = {} }: TrialMeans,
): Promise<JobRecord> {
  const job = await runJob({ ...request, forVerification: true }, ports, options)
  if (job.state !== "cancelled") return job
  throw new GeartrainError("JOB_NOT_REPLAYABLE", `Cannot run job "${record.id}" again: it was ended by the user`, {
    details: { id: record.id, rerun: job.id },
    hint: `Start again: gear explain ${record.id}`,
  })
}

function withPatience(request: JobRequest, record: JobRecord, conditions: readonly Condition[]): JobRequest {
  if (conditions.length === 0 || record.limits.timeMs !== undefined) return request
  const timeMs = Math.max(LEAST_TIME_MS, TIMES_AS_LONG * (record.usage?.wallMs ?? 0))
  return { ...request, limits: { ...request.limits, timeMs } }
}
