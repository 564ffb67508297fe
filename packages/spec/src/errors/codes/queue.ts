import type { Entry } from "../entry.ts"

/** Gears of the server, its queue, and runners. */
export const QUEUE_CODES = {
  GEAR_DISABLED: { fault: "user", retry: "never", http: 409, title: "An admin has disabled the gear" },
  INPUT_INVALID: { fault: "user", retry: "never", http: 422, title: "The gear does not take such an input" },
  DESTINATION_MISSING: { fault: "user", retry: "never", http: 422, title: "It is not known where outputs go" },
  IDEMPOTENCY_KEY_REUSED: { fault: "user", retry: "never", http: 409, title: "The key was used for another request" },
  JOB_ID_TAKEN: { fault: "user", retry: "never", http: 409, title: "Another job has the id" },
  JOB_RECORD_NOT_FOUND: { fault: "user", retry: "never", http: 404, title: "The job has no record of its engine's" },
  QUEUE_FULL: { fault: "user", retry: "later", http: 429, title: "Too many jobs wait already" },
  JOB_ENDED: { fault: "user", retry: "never", http: 409, title: "The job has ended" },
  JOB_OUTPUT_NOT_FOUND: { fault: "user", retry: "never", http: 404, title: "The job put out nothing of this name" },
  JOB_COMPLETE: { fault: "user", retry: "never", http: 409, title: "The job is complete" },
  RUNNER_NOT_FOUND: { fault: "user", retry: "never", http: 404, title: "There is no such runner" },
  ATTEMPT_STALE: {
    fault: "platform",
    retry: "never",
    http: 409,
    title: "The attempt is not the job's present one any more",
  },
  ATTEMPT_ENDED: { fault: "platform", retry: "never", http: 409, title: "The attempt has ended, and otherwise" },
  LOG_CHUNK_GAP: { fault: "platform", retry: "later", http: 409, title: "A piece of the log came before its time" },
  LOG_CHUNKS_MISSING: { fault: "platform", retry: "later", http: 409, title: "Parts of the log did not arrive" },
  OUTPUT_BYTES_MISSING: {
    fault: "platform",
    retry: "later",
    http: 409,
    title: "The bytes of an output are not stored",
  },
} as const satisfies Record<string, Entry>
