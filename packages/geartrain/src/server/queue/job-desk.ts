import type { Caller } from "../people/caller.ts"
import type { JobOrder, OrderOptions, PlannedJob } from "./submit/job-order.ts"

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
  /** Asks a job to end; nothing happens to one that has ended. */
  cancel(caller: Caller, job: string): Promise<void>
}
