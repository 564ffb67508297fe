import { type InvocationDigest, isAccepted, type JobRecord } from "@geartrain/spec"
import type { PlannedJob, RetryCause } from "@geartrain/spec/workflow"
import { causeOf } from "./retry.ts"

/** What a run makes of the record of one of its jobs. */
export type Verdict =
  | { readonly state: "complete" | "cancelled" }
  | { readonly state: "failed"; readonly why: string; readonly cause?: RetryCause }

/**
 * Tells whether what a job gave counts.
 *
 * @param seen.digest  Of the invocation that was ordered: a job that read other bytes than these is none of the plan's. Absent: not known any more.
 * @param seen.isCancelled  Somebody wanted running jobs to end.
 */
export function judgeRecord(
  planned: PlannedJob,
  record: JobRecord,
  seen: { readonly digest?: InvocationDigest; readonly isCancelled: boolean },
): Verdict {
  const isOther = seen.digest !== undefined && record.invocationDigest !== seen.digest
  if (isOther && record.state !== "cancelled") {
    return {
      state: "failed",
      why: "a file that it reads changed while the run was on: the job read other bytes than those that were planned",
    }
  }
  if (record.state === "complete" || isAccepted(record, planned.acceptExitCodes)) return { state: "complete" }
  if (record.state === "cancelled" && seen.isCancelled) return { state: "cancelled" }
  const cause = causeOf(record)
  const why = record.failure?.message ?? `it ended as ${record.state}`
  return { state: "failed", why, ...(cause === undefined ? {} : { cause }) }
}
