import type { BlobStore } from "@geartrain/ports"
import { type Digest, GeartrainError, JOB_RECORD_FORMAT, type JobRecord } from "@geartrain/spec"
import { type OpenContent, openStored } from "../../archive/downloads/open-content.ts"
import type { Caller } from "../../people/caller.ts"
import type { QueuePorts } from "../queue-ports.ts"
import { needJob } from "./need-job.ts"

/** A record tells of 50,000 files that went in and 100,000 that came out. */
const MOST_BYTES = 64 * 1024 * 1024

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

/** Reads a record. Undefined for bytes that are gone, and for what is no record: whatever a runner stored as one. */
export async function readRecord(
  { blobs }: { readonly blobs: Pick<BlobStore, "stat" | "get"> },
  digest: string | null,
): Promise<JobRecord | undefined> {
  const stored = digest === null ? undefined : await blobs.stat(digest as Digest)
  if (stored === undefined || stored.sizeBytes > MOST_BYTES) return undefined
  const chunks: Uint8Array[] = []
  for await (const chunk of blobs.get(stored.digest)) chunks.push(chunk)
  try {
    const record = JSON.parse(Buffer.concat(chunks).toString("utf8")) as JobRecord
    return record?.format === JOB_RECORD_FORMAT ? record : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
