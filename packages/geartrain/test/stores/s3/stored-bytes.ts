import { createHash } from "node:crypto"
import { ListMultipartUploadsCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3"
import type { BlobStore } from "@geartrain/ports"
import type { Digest } from "@geartrain/spec"

export const MEBIBYTE = 1024 * 1024

/** Bytes of a length that no two places of share, made as they are read. */
export async function* numbered(sizeBytes: number, chunkBytes = MEBIBYTE): AsyncGenerator<Uint8Array> {
  const chunk = Buffer.alloc(chunkBytes)
  for (let at = 0; at < sizeBytes; at += chunkBytes) {
    for (let word = 0; word < chunkBytes; word += 512) chunk.writeUIntLE(at + word, word, 6)
    yield chunk.subarray(0, Math.min(chunkBytes, sizeBytes - at))
  }
}

export async function digestOf(bytes: AsyncIterable<Uint8Array>): Promise<Digest> {
  const hash = createHash("sha256")
  for await (const chunk of bytes) hash.update(chunk)
  return `sha256:${hash.digest("hex")}`
}

export async function sizeOf(store: BlobStore, digest: Digest): Promise<number> {
  let sizeBytes = 0
  for await (const chunk of store.get(digest)) sizeBytes += chunk.length
  return sizeBytes
}

/** Everything that lies in a bucket: keys of objects, and of uploads that nobody has completed. */
export async function contentsOf(client: S3Client, bucket: string) {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }))
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))
  return { objects: Contents.map(({ Key }) => Key), uploads: Uploads.map(({ Key }) => Key) }
}
