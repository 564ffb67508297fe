import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandInput,
  type ListMultipartUploadsCommandOutput,
  type MultipartUpload,
} from "@aws-sdk/client-s3"
import { asking, type Bucket } from "./bucket.ts"
import { INCOMING } from "./keys.ts"
import { listObjects } from "./look.ts"
import { failureOf } from "./replies.ts"

export interface SweepOptions {
  /** Milliseconds since 1970. What was begun later is spared: it may be going on, from another machine too. */
  readonly begunBeforeMs: number
}

/** What a sweep has removed. */
export interface Swept {
  readonly uploads: number
  readonly objects: number
}

/** Removes what writers that were killed have left: uploads that nobody completed, and objects that nobody gave their place. */
export async function sweep(bucket: Bucket, { begunBeforeMs }: SweepOptions): Promise<Swept> {
  const doing = "remove what is left of uploads"
  const isOld = (begun: Date | undefined): boolean => begun !== undefined && begun.getTime() < begunBeforeMs
  let uploads = 0
  for await (const { Key, UploadId, Initiated } of listUploads(bucket, doing)) {
    if (!isOld(Initiated)) continue
    const upload = { Bucket: bucket.name, Key, UploadId }
    await asking(bucket, doing, {
      send: () => ignoringGone(bucket.client.send(new AbortMultipartUploadCommand(upload))),
    })
    uploads += 1
  }
  let objects = 0
  for await (const { Key, LastModified } of listObjects(bucket, INCOMING)) {
    if (!isOld(LastModified)) continue
    await asking(bucket, doing, {
      send: () => bucket.client.send(new DeleteObjectCommand({ Bucket: bucket.name, Key })),
    })
    objects += 1
  }
  return { uploads, objects }
}

async function* listUploads(bucket: Bucket, doing: string): AsyncGenerator<MultipartUpload> {
  const start = { Bucket: bucket.name, Prefix: bucket.prefix }
  let after: Pick<ListMultipartUploadsCommandInput, "KeyMarker" | "UploadIdMarker"> = {}
  for (;;) {
    const list: ListMultipartUploadsCommandInput = { ...start, ...after }
    const page: ListMultipartUploadsCommandOutput = await asking(bucket, doing, {
      send: () => bucket.client.send(new ListMultipartUploadsCommand(list)),
    })
    yield* page.Uploads ?? []
    if (page.IsTruncated !== true) return
    after = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
  }
}

/** Another sweep, or the writer itself, may have been quicker. */
async function ignoringGone(attempt: Promise<unknown>): Promise<void> {
  try {
    await attempt
  } catch (error) {
    if (failureOf(error)?.word !== "NoSuchUpload") throw error
  }
}
