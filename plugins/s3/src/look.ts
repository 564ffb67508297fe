import { DeleteObjectCommand, HeadObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3"
import type { BlobDescriptor } from "@geartrain/ports"
import { type Digest, GeartrainError } from "@geartrain/spec"
import { asking, type Bucket } from "./bucket.ts"
import { BLOBS, blobKey, listedBlob } from "./keys.ts"
import { failureOf } from "./replies.ts"

export async function statBlob(bucket: Bucket, digest: Digest): Promise<BlobDescriptor | undefined> {
  const doing = `look for blob "${digest}"`
  const object = { Bucket: bucket.name, Key: blobKey(bucket.prefix, digest) }
  try {
    const { ContentLength } = await bucket.client.send(new HeadObjectCommand(object))
    if (ContentLength !== undefined) return { digest, sizeBytes: ContentLength }
    throw new GeartrainError("STORE_REFUSED", `Cannot ${doing} in "${bucket.place}": its length is not told`)
  } catch (error) {
    const status = failureOf(error)?.status
    // A reply without a body says no more than its status: 404 for a bucket that is gone, too.
    if (status !== undefined && status < 500) await askBucket(bucket, doing)
    if (status === 404) return undefined
    return await asking(bucket, doing, { send: () => Promise.reject(error) })
  }
}

/**
 * Asks for one line of the bucket's list: finds out whether it is there, and may be read.
 *
 * @throws {GeartrainError} STORE_REFUSED, STORE_UNAVAILABLE.
 */
export async function askBucket(bucket: Bucket, doing: string): Promise<void> {
  const list = { Bucket: bucket.name, Prefix: `${bucket.prefix}${BLOBS}`, MaxKeys: 1 }
  await asking(bucket, doing, { send: () => bucket.client.send(new ListObjectsV2Command(list)) })
}

export async function* listBlobs(bucket: Bucket): AsyncGenerator<BlobDescriptor> {
  for await (const entry of listObjects(bucket, BLOBS)) {
    const blob = listedBlob(bucket.prefix, entry)
    if (blob !== undefined) yield blob
  }
}

/** All objects whose keys begin so below the store's prefix, a page of the service at a time. */
export async function* listObjects(bucket: Bucket, start: string) {
  let ContinuationToken: string | undefined
  do {
    const list = { Bucket: bucket.name, Prefix: `${bucket.prefix}${start}`, ContinuationToken }
    const page = await asking(bucket, "list blobs", { send: () => bucket.client.send(new ListObjectsV2Command(list)) })
    yield* page.Contents ?? []
    ContinuationToken = page.IsTruncated === true ? page.NextContinuationToken : undefined
  } while (ContinuationToken !== undefined)
}

export async function removeBlob(bucket: Bucket, digest: Digest): Promise<void> {
  const object = { Bucket: bucket.name, Key: blobKey(bucket.prefix, digest) }
  await asking(bucket, `remove blob "${digest}"`, { send: () => bucket.client.send(new DeleteObjectCommand(object)) })
}
