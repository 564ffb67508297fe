import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3"
import { asking, type Bucket } from "./bucket.ts"
import { COPIED_AT_ONCE_BYTES, copyRanges } from "./part-sizes.ts"

/**
 * Has the service copy an object within the bucket: in one request, or, since that is limited, in pieces.
 *
 * @param from.sizeBytes  Bytes of the object.
 */
export async function copyObject(
  bucket: Bucket,
  from: { readonly key: string; readonly sizeBytes: number },
  { to, doing }: { readonly to: string; readonly doing: string },
): Promise<void> {
  const target = { Bucket: bucket.name, Key: to }
  const CopySource = `${bucket.name}/${from.key.split("/").map(encodeURIComponent).join("/")}`
  if (from.sizeBytes <= COPIED_AT_ONCE_BYTES) {
    await asking(bucket, doing, { send: () => bucket.client.send(new CopyObjectCommand({ ...target, CopySource })) })
    return
  }
  const ranges = copyRanges(from.sizeBytes)
  await asking(bucket, doing, { send: () => copyInPieces(bucket, target, { CopySource, ranges }) })
}

async function copyInPieces(
  { client }: Bucket,
  target: { readonly Bucket: string; readonly Key: string },
  { CopySource, ranges }: { readonly CopySource: string; readonly ranges: readonly string[] },
): Promise<void> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target))
  const Parts: { readonly ETag: string | undefined; readonly PartNumber: number }[] = []
  try {
    for (const [index, CopySourceRange] of ranges.entries()) {
      const piece = { UploadId, PartNumber: index + 1, CopySource, CopySourceRange }
      const { CopyPartResult } = await client.send(new UploadPartCopyCommand({ ...target, ...piece }))
      Parts.push({ ETag: CopyPartResult?.ETag, PartNumber: index + 1 })
    }
  } catch (error) {
    try {
      await client.send(new AbortMultipartUploadCommand({ ...target, UploadId }))
    } catch {
      // The error of the copy is the one to be told, and a sweep finds the upload.
    }
    throw error
  }
  await client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }))
}
