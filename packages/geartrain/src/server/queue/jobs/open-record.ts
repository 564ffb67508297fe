import { type Digest, GeartrainError } from "@geartrain/spec"
import { type OpenContent, openStored } from "../../archive/downloads/open-content.ts"
import type { Caller } from "../../people/caller.ts"
import type { QueuePorts } from "../queue-ports.ts"
import { needJob } from "./need-job.ts"

/**
 * Opens the record that the runner's engine kept of the present attempt, as it was written.
 *
 * @throws {GeartrainError} JOB_NOT_FOUND; JOB_RECORD_NOT_FOUND when that attempt has left none: it did not end yet, or was lost.
 */
export async function openRecord(ports: QueuePorts, caller: Caller, id: string): Promise<OpenContent> {
  const job = await needJob(ports, caller, { id, right: "read", action: "job.record" })
  const row = await ports.database.read
    .selectFrom("attempts")
    .select("record_digest")
    .where("job", "=", id)
    .where("attempt", "=", job.attempt)
    .executeTakeFirst()
  const digest = row?.record_digest as Digest | null | undefined
  const stored = digest === null || digest === undefined ? undefined : await ports.blobs.stat(digest)
  if (stored === undefined) {
    throw new GeartrainError("JOB_RECORD_NOT_FOUND", `Cannot find a record of attempt ${job.attempt} of job "${id}"`, {
      details: { attempt: job.attempt, state: job.state },
      hint: `What the server knows of it: GET /api/v1/jobs/${id}`,
    })
  }
  const { sizeBytes } = stored
  return openStored(ports, { name: `${id}.json`, mimetype: "application/json", digest: stored.digest, sizeBytes })
}
