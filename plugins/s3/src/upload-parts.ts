import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3"
import { GeartrainError } from "@geartrain/spec"
import { asking, type Bucket } from "./bucket.ts"
import type { Part } from "./cut-parts.ts"
import { MOST_PARTS, mostBytes, partsInFlight } from "./part-sizes.ts"
import { failureOf } from "./replies.ts"

/** An object that comes in parts, and is there once all of them are. */
export interface Upload {
  /** Answers once there is room for the next part; the bytes are given back when they have arrived. */
  add(part: Part): Promise<void>
  /** Makes the object appear, whole. */
  complete(): Promise<void>
  /** Takes the parts away again. What cannot be taken away now, a sweep removes later. */
  abort(): Promise<void>
}

/**
 * Begins an upload in parts.
 *
 * The SDK's own (`lib-storage`) completes an upload by itself when its source ends, and aborts one while parts are still on their way, which
 * then stay for ever: we decide by the digest, and wait for them.
 *
 * @param doing  For messages, such as `store blob "sha256:…"`.
 */
export async function beginUpload(bucket: Bucket, key: string, doing: string): Promise<Upload> {
  const target = { Bucket: bucket.name, Key: key }
  const { UploadId } = await asking(bucket, doing, {
    send: () => bucket.client.send(new CreateMultipartUploadCommand(target)),
  })
  const tags: string[] = []
  const onTheirWay = new Set<Promise<void>>()
  let failure: { readonly error: unknown } | undefined
  let sizeBytes = 0
  let mayBeCompleting = false

  const send = async (part: Part): Promise<void> => {
    const body = { UploadId, PartNumber: part.number, Body: part.bytes, ContentLength: part.bytes.length }
    const { ETag } = await asking(bucket, doing, {
      send: () => bucket.client.send(new UploadPartCommand({ ...target, ...body })),
    })
    if (ETag === undefined)
      throw new GeartrainError("STORE_REFUSED", `Cannot ${doing} in "${bucket.place}": it gives parts no tags`)
    tags[part.number - 1] = ETag
  }

  const throwFailure = (): void => {
    if (failure !== undefined) throw failure.error
  }

  return {
    add: async (part) => {
      if (part.number > MOST_PARTS) throw tooLong(bucket, doing)
      while (onTheirWay.size >= partsInFlight(part.bytes.length)) await Promise.race(onTheirWay)
      throwFailure()
      sizeBytes += part.bytes.length
      const way: Promise<void> = send(part)
        .catch((error: unknown) => {
          failure ??= { error }
        })
        .finally(() => {
          onTheirWay.delete(way)
          part.release()
        })
      onTheirWay.add(way)
    },
    complete: async () => {
      await Promise.all(onTheirWay)
      throwFailure()
      const parts = tags.map((ETag, index) => ({ ETag, PartNumber: index + 1 }))
      mayBeCompleting = true
      try {
        await bucket.client.send(
          new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts: parts } }),
        )
      } catch (error) {
        if (await isThere(bucket, target, sizeBytes)) return
        mayBeCompleting = isUndecided(error)
        await asking(bucket, doing, { send: () => Promise.reject(error) })
      }
    },
    abort: async () => {
      await Promise.all(onTheirWay)
      // Taking parts away while the service puts them together could leave an object without its bytes.
      if (mayBeCompleting) return
      try {
        await bucket.client.send(new AbortMultipartUploadCommand({ ...target, UploadId }))
      } catch {
        // What made us give up is the error to be told, and a sweep finds the upload.
      }
    },
  }
}

/**
 * Whether an object appeared although the reply was an error: the first try of the SDK's may have succeeded with its answer lost, and the
 * next finds no upload any more.
 */
async function isThere(
  bucket: Bucket,
  target: { readonly Bucket: string; readonly Key: string },
  sizeBytes: number,
): Promise<boolean> {
  try {
    const { ContentLength } = await bucket.client.send(new HeadObjectCommand(target))
    return ContentLength === sizeBytes
  } catch {
    // The error of the upload itself says more.
    return false
  }
}

/** Whether the service may still be at it, or may have done it. */
function isUndecided(error: unknown): boolean {
  const { status } = failureOf(error) ?? {}
  return status === undefined || status >= 500 || status < 400
}

function tooLong(bucket: Bucket, doing: string): GeartrainError {
  const gibibytes = mostBytes() / 1024 ** 3
  return new GeartrainError(
    "FILE_TOO_LARGE",
    `Cannot ${doing} in "${bucket.place}": it is longer than ${Math.floor(gibibytes)} GiB, which is all that an upload holds`,
    { details: { limitBytes: mostBytes() }, hint: "Cut the file into several" },
  )
}
