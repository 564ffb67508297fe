import assert from "node:assert/strict"
import { test } from "node:test"
import type { S3Client } from "@aws-sdk/client-s3"
import type { Bucket } from "./bucket.ts"
import { copyObject } from "./copy-object.ts"

const GIBIBYTE = 1024 ** 3

type Sent = readonly [command: string, input: Readonly<Record<string, unknown>>]

/** A service that takes everything, but for the piece of a number. No real one is asked for gigabytes here. */
function recording(failsAt?: number): { readonly bucket: Bucket; readonly sent: Sent[] } {
  const sent: Sent[] = []
  const send = async (command: { readonly constructor: { readonly name: string }; readonly input: Sent[1] }) => {
    sent.push([command.constructor.name, command.input])
    if (failsAt !== undefined && command.input["PartNumber"] === failsAt) throw new RangeError("it broke")
    return { UploadId: "id", CopyPartResult: { ETag: `tag-${command.input["PartNumber"]}` } }
  }
  const client = { send } as unknown as S3Client
  return { bucket: { client, name: "blobs", prefix: "", place: "s3://blobs/" }, sent }
}

test("what one request may copy is copied in one, with the name of its source encoded", async () => {
  const { bucket, sent } = recording()
  await copyObject(bucket, { key: "two words/x", sizeBytes: 5 * GIBIBYTE }, { to: "y", doing: "store blob" })
  assert.deepEqual(sent, [["CopyObjectCommand", { Bucket: "blobs", Key: "y", CopySource: "blobs/two%20words/x" }]])
})

test("what is larger is copied in pieces that are put together in order", async () => {
  const { bucket, sent } = recording()
  await copyObject(bucket, { key: "x", sizeBytes: 5 * GIBIBYTE + 1 }, { to: "y", doing: "store blob" })
  const pieces = sent.filter(([command]) => command === "UploadPartCopyCommand").map(([, input]) => input)
  assert.deepEqual(
    pieces.map((piece) => piece["PartNumber"]),
    [1, 2, 3, 4, 5, 6],
  )
  assert.equal(pieces[5]?.["CopySourceRange"], `bytes=${5 * GIBIBYTE}-${5 * GIBIBYTE}`)
  const [command, input] = sent.at(-1) ?? []
  assert.equal(command, "CompleteMultipartUploadCommand")
  assert.deepEqual(input?.["MultipartUpload"], {
    Parts: [1, 2, 3, 4, 5, 6].map((number) => ({ ETag: `tag-${number}`, PartNumber: number })),
  })
})

test("when a piece fails, the pieces are taken away, and its error is told", async () => {
  const { bucket, sent } = recording(3)
  const copy = copyObject(bucket, { key: "x", sizeBytes: 6 * GIBIBYTE }, { to: "y", doing: "store blob" })
  await assert.rejects(copy, new RangeError("it broke"))
  assert.deepEqual(sent.at(-1), ["AbortMultipartUploadCommand", { Bucket: "blobs", Key: "y", UploadId: "id" }])
})
