import type { BlobDescriptor } from "@geartrain/ports"
import { type Digest, GeartrainError, isGeartrainError } from "@geartrain/spec"
import { putBlob } from "../../archive/blobs/put-blob.ts"
import type { Caller } from "../../people/caller.ts"
import type { QueuePorts } from "../queue-ports.ts"

/** Bytes, or a part of them. */
export interface OpenedBlob {
  readonly from: number
  readonly sizeBytes: number
  readonly wholeBytes: number
  readonly bytes: AsyncIterable<Uint8Array>
}

/**
 * Size of stored bytes, for a running job: so that it does not send what is there already.
 *
 * @throws {GeartrainError} NOT_PERMITTED, BLOB_NOT_FOUND
 */
export async function statJobBlob(ports: QueuePorts, caller: Caller, digest: Digest): Promise<BlobDescriptor> {
  await needRunningJob(ports, caller)
  return needBlob(ports, digest)
}

/**
 * Stores what a running job made.
 *
 * @throws {GeartrainError} NOT_PERMITTED; UPLOAD_UNFIT when they are other bytes; nothing is stored then.
 */
export async function putJobBlob(
  ports: QueuePorts,
  caller: Caller,
  blob: { readonly digest: Digest; readonly bytes: AsyncIterable<Uint8Array> },
): Promise<BlobDescriptor> {
  await needRunningJob(ports, caller)
  return storeBytes(ports, blob)
}

/** Stores bytes that are said to have a digest. @throws {GeartrainError} UPLOAD_UNFIT, STORE_FULL */
export async function storeBytes(
  ports: QueuePorts,
  { digest, bytes }: { readonly digest: Digest; readonly bytes: AsyncIterable<Uint8Array> },
): Promise<BlobDescriptor> {
  return putBlob(ports, bytes, digest).catch((error: unknown) => {
    if (!isGeartrainError(error, "BLOB_DIGEST_MISMATCH")) throw error
    // It is who sends them that is wrong here, and not the store.
    throw new GeartrainError("UPLOAD_UNFIT", `Cannot store the bytes: they are not those of ${digest}`, {
      cause: error,
    })
  })
}

/**
 * Reads bytes that a running job may read: its inputs, and the image of its gear.
 *
 * @param asked.range  The header `Range`, of which one stretch is served.
 * @throws {GeartrainError} NOT_PERMITTED, BLOB_NOT_FOUND, RANGE_UNFIT
 */
export async function openJobBlob(
  ports: QueuePorts,
  caller: Caller,
  asked: { readonly digest: Digest; readonly range: string | undefined },
): Promise<OpenedBlob> {
  const job = await needRunningJob(ports, caller)
  const { digest } = asked
  const isOfGear = await isImageOf(ports, { gear: job.gear, digest })
  if (!isOfGear && !(await isInputOf(ports, { job: job.id, digest }))) throw blobNotFound(digest)
  const { sizeBytes: wholeBytes } = await needBlob(ports, digest)
  const [from, end] = rangeOf(asked.range, wholeBytes)
  return { from, sizeBytes: end - from, wholeBytes, bytes: part(ports.blobs.get(digest), from, end) }
}

async function needRunningJob(
  ports: QueuePorts,
  caller: Caller,
): Promise<{ readonly id: string; readonly gear: string }> {
  const row =
    caller.kind === "job" && caller.job !== undefined
      ? await ports.database.read
          .selectFrom("jobs")
          .select(["id", "gear"])
          .where("id", "=", caller.job)
          .where("state", "=", "running")
          .executeTakeFirst()
      : undefined
  if (row !== undefined) return row
  throw new GeartrainError("NOT_PERMITTED", "Cannot read or store bytes by their digest: only a running job may", {
    hint: "Files are read and uploaded by their place and name",
  })
}

async function isImageOf(ports: QueuePorts, of: { readonly gear: string; readonly digest: string }): Promise<boolean> {
  const row = await ports.database.read
    .selectFrom("gears")
    .select("id")
    .where("id", "=", of.gear)
    .where("image_digest", "=", of.digest)
    .executeTakeFirst()
  return row !== undefined
}

async function isInputOf(ports: QueuePorts, of: { readonly job: string; readonly digest: string }): Promise<boolean> {
  const row = await ports.database.read
    .selectFrom("job_blobs")
    .select("digest")
    .where("job", "=", of.job)
    .where("digest", "=", of.digest)
    .where("is", "=", "input")
    .executeTakeFirst()
  return row !== undefined
}

async function needBlob(ports: QueuePorts, digest: Digest): Promise<BlobDescriptor> {
  const blob = await ports.blobs.stat(digest)
  if (blob === undefined) throw blobNotFound(digest)
  return blob
}

function blobNotFound(digest: string): GeartrainError {
  return new GeartrainError("BLOB_NOT_FOUND", `Cannot read ${digest}: this job reads no such bytes, or they are gone`)
}

/** @see RFC 9110, 14.2: a range that is not understood is not there. */
function rangeOf(header: string | undefined, wholeBytes: number): readonly [from: number, end: number] {
  const [, first = "", last = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "") ?? []
  if (first === "" && last === "") return [0, wholeBytes]
  const from = first === "" ? Math.max(0, wholeBytes - Number(last)) : Number(first)
  const end = first === "" || last === "" ? wholeBytes : Math.min(wholeBytes, Number(last) + 1)
  if (from < end) return [from, end]
  throw new GeartrainError("RANGE_UNFIT", `Cannot read from byte ${from} on: there are ${wholeBytes}`)
}

async function* part(bytes: AsyncIterable<Uint8Array>, from: number, end: number): AsyncGenerator<Uint8Array> {
  let at = 0
  for await (const piece of bytes) {
    const cut = piece.subarray(Math.max(0, from - at), Math.max(0, end - at))
    at += piece.length
    if (cut.length > 0) yield cut
    if (at >= end) return
  }
}
