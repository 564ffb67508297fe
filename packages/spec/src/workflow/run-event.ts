import type { Digest } from "../identity/digest.ts"
import type { JobId, Limits } from "../job/job-record.ts"
import type { OpenStep, PlannedJob } from "./workflow-plan.ts"

/** A run's identity: 24 lower-case hexadecimal digits, as that of a job. */
export type RunId = string & { readonly __kind?: "run" }

export type RunState = "running" | "paused" | "complete" | "failed" | "cancelled"

/** `skipped`: its condition does not hold, or something that it reads was skipped; `lost`: something that it needs failed. */
export type StepJobState = "running" | "reused" | "complete" | "failed" | "cancelled" | "skipped" | "lost"

/**
 * What happens in a run, one JSON object a line in `events.jsonl`, in the order of time. The plan and these are all that a run is: whoever
 * resumes it needs nothing else.
 */
export type RunEvent = { readonly at: string } & (
  | {
      readonly event: "run"
      readonly state: RunState
      readonly why?: string
      readonly pid?: number
      readonly host?: string
    }
  | {
      readonly event: "job"
      readonly key: string
      readonly state: StepJobState
      readonly attempt: number
      readonly job?: JobId
      /** What the attempt was granted. */
      readonly limits?: Limits
      readonly why?: string
    }
  /** An open step became jobs: those are part of the plan from here on. */
  | {
      readonly event: "opened"
      readonly step: string
      readonly jobs: readonly PlannedJob[]
      readonly open?: readonly OpenStep[]
    }
  | { readonly event: "freed"; readonly key: string; readonly digests: readonly Digest[]; readonly bytes: number }
  /** Nothing happened for long: what is waited for, as sentences. */
  | { readonly event: "waiting"; readonly for: readonly string[] }
)
