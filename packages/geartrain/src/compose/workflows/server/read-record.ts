import type { GearClient } from "@geartrain/sdk/client"
import { GeartrainError, type JobId, type JobRecord, StepBudget, validateDraft04 } from "@geartrain/spec"
import { JOB_RECORD_SCHEMA } from "@geartrain/spec/schemas"

/**
 * The record that the runner of a job has made.
 *
 * @throws {GeartrainError} JOB_NOT_FOUND; JOB_RECORD_NOT_FOUND; SERVER_REPLY_UNREADABLE for what is none.
 */
export async function readRecord(
  client: GearClient,
  job: JobId,
  options: { readonly signal?: AbortSignal },
): Promise<JobRecord> {
  const { data } = await client.api.GET("/api/v1/jobs/{job}/record", { params: { path: { job } }, ...options })
  const record = asRecord(data, job)
  if (record !== undefined) return record
  throw new GeartrainError("SERVER_REPLY_UNREADABLE", `The record of job ${job} on ${client.url} cannot be read`, {
    details: { job },
    hint: "Update this program to the version of the server's runners",
  })
}

/** A record with a hundred thousand outputs takes a tenth of it. */
const MOST_STEPS = 100_000_000

/** What somebody else says is the record of a job, if it is one. */
export function asRecord(document: unknown, id: JobId): JobRecord | undefined {
  const [fault] = validateDraft04(JOB_RECORD_SCHEMA, document as never, { budget: new StepBudget(MOST_STEPS) })
  if (fault !== undefined) return undefined
  const record = document as JobRecord
  return record.id === id ? record : undefined
}
