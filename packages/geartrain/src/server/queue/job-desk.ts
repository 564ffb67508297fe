import { isGeartrainError } from "@geartrain/spec"
import type { Caller } from "../people/caller.ts"
import { cancelJob } from "./jobs/cancel-job.ts"
import type { QueuePorts } from "./queue-ports.ts"
import type { JobOrder, OrderOptions, PlannedJob } from "./submit/job-order.ts"
import { planJob } from "./submit/plan-job.ts"
import { submitJob } from "./submit/submit-job.ts"

/** Where those hand orders in who start many jobs: rules and batches. */
export interface JobDesk {
  /** Checks an order and fixes all that decides the result; writes nothing. */
  plan(caller: Caller, order: JobOrder): Promise<Pick<PlannedJob, "reuseDigest" | "same">>
  /**
   * Queues a job. The same idempotency key again answers the same job, so that whoever was interrupted may ask again.
   *
   * @returns Its id.
   */
  submit(caller: Caller, order: JobOrder, options: OrderOptions & { readonly idempotencyKey: string }): Promise<string>
  /** Cancels a job; nothing happens to one that has ended. */
  cancel(caller: Caller, job: string): Promise<void>
}

/** The desk of a queue. */
export function queueDesk(ports: QueuePorts): JobDesk {
  return {
    plan: (caller, order) => planJob(ports, caller, order),
    submit: async (caller, order, options) => (await submitJob(ports, caller, { ...options, order })).job.id,
    cancel: async (caller, job) => {
      try {
        await cancelJob(ports, caller, job)
      } catch (error) {
        // It ended just before: there is nothing left to cancel.
        if (!isGeartrainError(error, "JOB_ENDED")) throw error
      }
    },
  }
}
