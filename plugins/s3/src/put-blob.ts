import { createHash, type Hash, randomUUID } from "node:crypto"
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3"
import type { BlobDescriptor } from "@geartrain/ports"
import { type Digest, GeartrainError } from "@geartrain/spec"
import { asking, type Bucket } from "./bucket.ts"
import { copyObject } from "./copy-object.ts"
import { cutParts, type Part } from "./cut-parts.ts"
import { blobKey, INCOMING } from "./keys.ts"
import { partSizeBytes } from "./part-sizes.ts"
import { beginUpload, type Upload } from "./upload-parts.ts"

/** Bytes with what is counted of them on their way. */
interface Counted {
  readonly hash: Hash
  sizeBytes: number
}

/**
 * Stores a blob. What fits into one part is sent in one request, once its digest is known. What does not is sent in parts, which become an
 * object only when the digest fits: under the blob's own key if the caller says which, otherwise under another one, from which the service
 * copies it. A service copies without sending bytes around (radosgw takes 50 ms for 1 GiB, and keeping it on the local disk until its
 * digest is known 8 s), and the machine needs no disk for it.
 *
 * A blob that is held is written again: its time becomes that of now, and if it was damaged, it is whole again.
 */
export async function putBlob(
  bucket: Bucket,
  source: AsyncIterable<Uint8Array>,
  expected?: Digest,
): Promise<BlobDescriptor> {
  const counted: Counted = { hash: createHash("sha256"), sizeBytes: 0 }
  const doing = expected === undefined ? "store blob" : `store blob "${expected}"`
  const key = expected === undefined ? `${bucket.prefix}${INCOMING}${randomUUID()}` : blobKey(bucket.prefix, expected)
  let upload: Upload | undefined
  try {
    for await (const part of cutParts(counting(source, counted), partSizeBytes)) {
      if (part.isLast && upload === undefined) return await putWhole(bucket, part, { doing, counted, expected })
      upload ??= await beginUpload(bucket, key, doing)
      await upload.add(part)
    }
    const blob = describe(counted, expected)
    await upload?.complete()
    if (expected === undefined) await move(bucket, key, { doing, blob })
    return blob
  } catch (error) {
    await upload?.abort()
    throw error
  }
}

async function* counting(source: AsyncIterable<Uint8Array>, counted: Counted): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    counted.hash.update(chunk)
    counted.sizeBytes += chunk.length
    yield chunk
  }
}

async function putWhole(
  bucket: Bucket,
  { bytes }: Part,
  {
    doing,
    counted,
    expected,
  }: { readonly doing: string; readonly counted: Counted; readonly expected?: Digest | undefined },
): Promise<BlobDescriptor> {
  const blob = describe(counted, expected)
  const object = { Bucket: bucket.name, Key: blobKey(bucket.prefix, blob.digest) }
  await asking(bucket, doing, {
    send: () => bucket.client.send(new PutObjectCommand({ ...object, Body: bytes, ContentLength: bytes.length })),
  })
  return blob
}

/** @throws {GeartrainError} BLOB_DIGEST_MISMATCH. */
function describe({ hash, sizeBytes }: Counted, expected: Digest | undefined): BlobDescriptor {
  const digest: Digest = `sha256:${hash.digest("hex")}`
  if (expected === undefined || digest === expected) return { digest, sizeBytes }
  throw new GeartrainError(
    "BLOB_DIGEST_MISMATCH",
    `Cannot store blob "${expected}": the ${sizeBytes} bytes that came have digest ${digest}`,
    { details: { expected, found: digest, sizeBytes }, hint: "Fetch the bytes again" },
  )
}

/** Gives an object its place under its digest. */
async function move(
  bucket: Bucket,
  from: string,
  { doing, blob }: { readonly doing: string; readonly blob: BlobDescriptor },
): Promise<void> {
  const source = { key: from, sizeBytes: blob.sizeBytes }
  try {
    await copyObject(bucket, source, { to: blobKey(bucket.prefix, blob.digest), doing })
  } finally {
    await removeQuietly(bucket, from)
  }
}

async function removeQuietly(bucket: Bucket, key: string): Promise<void> {
  try {
    await bucket.client.send(new DeleteObjectCommand({ Bucket: bucket.name, Key: key }))
  } catch {
    // Harmless where it lies, and a sweep removes it.
  }
}
