import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { Readable } from "node:stream"
import { test } from "node:test"
import type { S3Client } from "@aws-sdk/client-s3"
import type { Digest } from "@geartrain/spec"
import type { Bucket } from "./bucket.ts"
import { askBucket, listBlobs, removeBlob, statBlob } from "./look.ts"
import { openS3Store } from "./open-store.ts"
import { putBlob } from "./put-blob.ts"
import { readBlob, readBytes } from "./read-blob.ts"
import { sweep } from "./sweep.ts"
import { beginUpload } from "./upload-parts.ts"

const MIB = 1024 * 1024
const TEXT = "the bytes of a blob"
const DIGEST = digestOf(Buffer.from(TEXT))

function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`
}

function keyOf(digest: Digest): string {
  return `lab/blobs/sha256/${digest.slice(7)}`
}

type Input = Readonly<Record<string, unknown>>

interface Service {
  readonly bucket: Bucket
  readonly objects: Map<string, Buffer>
  /** Uploads that are neither complete nor aborted, with their parts. */
  readonly uploads: Map<string, Map<number, Buffer>>
  /** Names of what was sent, without `Command`. */
  readonly sent: string[]
}

/** What the service says of an error. */
function reply(word: string, status: number): Error {
  return Object.assign(new Error(word), { name: word, $metadata: { httpStatusCode: status } })
}

/**
 * A service with objects in memory, in the SDK's words, a list of two to a page. No real one breaks just where a test wants it to.
 *
 * @param interrupt  Answers in the place of the service, or throws.
 */
function serving(interrupt: (name: string, input: Input, service: Service) => object | undefined = () => undefined) {
  const send = async (command: { readonly constructor: { readonly name: string }; readonly input: Input }) => {
    const name = command.constructor.name.replace("Command", "")
    service.sent.push(name)
    return interrupt(name, command.input, service) ?? answer(name, command.input, service)
  }
  const client = { send } as unknown as S3Client
  const service: Service = {
    bucket: { client, name: "blobs", prefix: "lab/", place: "s3://blobs/lab/" },
    ...{ objects: new Map(), uploads: new Map(), sent: [] },
  }
  return service
}

function answer(name: string, input: Input, { objects, uploads }: Service): object {
  const key = String(input["Key"])
  const id = String(input["UploadId"])
  switch (name) {
    case "PutObject":
      objects.set(key, Buffer.from(input["Body"] as Uint8Array))
      return {}
    case "CopyObject":
      objects.set(key, objects.get(String(input["CopySource"]).slice("blobs/".length)) as Buffer)
      return {}
    case "DeleteObject":
      objects.delete(key)
      return {}
    case "HeadObject": {
      const object = objects.get(key)
      if (object === undefined) throw reply("NotFound", 404)
      return { ContentLength: object.length }
    }
    case "GetObject":
      return read(objects.get(key), input["Range"])
    case "ListObjectsV2":
      return list(
        [...objects.keys()].filter((each) => each.startsWith(String(input["Prefix"]))).toSorted(),
        input,
        objects,
      )
    case "CreateMultipartUpload":
      uploads.set(`upload of ${key}`, new Map())
      return { UploadId: `upload of ${key}` }
    case "UploadPart":
      uploads.get(id)?.set(Number(input["PartNumber"]), Buffer.from(input["Body"] as Uint8Array))
      return { ETag: `tag ${input["PartNumber"]}` }
    case "CompleteMultipartUpload":
      objects.set(
        key,
        Buffer.concat([...(uploads.get(id) ?? [])].toSorted(([a], [b]) => a - b).map(([, part]) => part)),
      )
      uploads.delete(id)
      return {}
    case "AbortMultipartUpload":
      if (!uploads.delete(id)) throw reply("NoSuchUpload", 404)
      return {}
    default:
      throw new RangeError(`${name} is not known here`)
  }
}

function read(object: Buffer | undefined, range: unknown): object {
  if (object === undefined) throw reply("NoSuchKey", 404)
  const [, first = 0, last = ""] = /^bytes=(\d+)-(\d*)$/.exec(String(range ?? "")) ?? []
  if (range !== undefined && Number(first) >= object.length) throw reply("InvalidRange", 416)
  const bytes = object.subarray(Number(first), last === "" ? object.length : Number(last) + 1)
  return { Body: Readable.from([bytes]), ContentLength: bytes.length }
}

function list(keys: readonly string[], input: Input, objects: ReadonlyMap<string, Buffer>): object {
  const start = Number(input["ContinuationToken"] ?? 0)
  const Contents = keys.slice(start, start + 2).map((Key) => ({ Key, Size: objects.get(Key)?.length }))
  return { Contents, IsTruncated: start + 2 < keys.length, NextContinuationToken: `${start + 2}` }
}

async function* bytesOf(...chunks: readonly (string | Buffer)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk)
}

async function gathered(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes) chunks.push(chunk)
  return Buffer.concat(chunks)
}

test("what fits into a part is one request, sent only when its digest is right", async () => {
  const service = serving()
  assert.deepEqual(await putBlob(service.bucket, bytesOf("the bytes ", "of a blob"), DIGEST), {
    digest: DIGEST,
    sizeBytes: TEXT.length,
  })
  assert.deepEqual([...service.objects.keys()], [keyOf(DIGEST)])
  await assert.rejects(putBlob(service.bucket, bytesOf("others"), DIGEST), { code: "BLOB_DIGEST_MISMATCH" })
  assert.deepEqual(service.sent, ["PutObject"])
  const empty = await putBlob(service.bucket, bytesOf())
  assert.deepEqual(empty, { digest: digestOf(Buffer.alloc(0)), sizeBytes: 0 })
})

test("what is longer comes in parts under its own key, and is there only when its digest is right", async () => {
  const service = serving()
  const long = Buffer.alloc(17 * MIB, 7)
  await putBlob(service.bucket, bytesOf(long), digestOf(long))
  assert.deepEqual(service.sent, [
    "CreateMultipartUpload",
    ...["UploadPart", "UploadPart", "UploadPart"],
    "CompleteMultipartUpload",
  ])
  assert.ok(service.objects.get(keyOf(digestOf(long)))?.equals(long))
  await assert.rejects(putBlob(service.bucket, bytesOf(long), DIGEST), { code: "BLOB_DIGEST_MISMATCH" })
  assert.deepEqual([service.objects.size, service.uploads.size], [1, 0])
})

test("what is longer and not known yet gets its place by a copy, and nothing is left where it came in", async () => {
  const service = serving()
  const long = Buffer.alloc(8 * MIB + 1, 9)
  const { digest } = await putBlob(service.bucket, bytesOf(long))
  assert.deepEqual([...service.objects.keys()], [keyOf(digest)])
  assert.equal(digest, digestOf(long))
})

test("a source that breaks leaves no object and no upload, and its error is told", async () => {
  const service = serving()
  const broken = (async function* () {
    yield Buffer.alloc(9 * MIB)
    throw new RangeError("it broke")
  })()
  await assert.rejects(putBlob(service.bucket, broken), new RangeError("it broke"))
  assert.deepEqual([service.objects.size, service.uploads.size], [0, 0])
})

test("a part that the service refuses ends the upload with its reason", async () => {
  const service = serving((name, input) => {
    if (name === "UploadPart" && input["PartNumber"] === 2) throw reply("QuotaExceeded", 403)
    return undefined
  })
  const put = putBlob(service.bucket, bytesOf(Buffer.alloc(20 * MIB)))
  await assert.rejects(put, { code: "STORE_FULL" })
  assert.deepEqual([service.objects.size, service.uploads.size], [0, 0])
})

const PART = { number: 1, bytes: Buffer.from(TEXT), isLast: true, release: () => undefined }

test("an upload whose answer was lost counts when the object is there with all its bytes", async () => {
  const service = serving((name, input, { objects }) => {
    if (name !== "CompleteMultipartUpload") return undefined
    objects.set(String(input["Key"]), Buffer.from(TEXT))
    throw reply("NoSuchUpload", 404)
  })
  const upload = await beginUpload(service.bucket, "k", "store blob")
  await upload.add(PART)
  await upload.complete()
})

test("an upload that the service may still be putting together is not taken apart; one that it refused is", async () => {
  for (const [status, isAborted] of [
    [400, true],
    [500, false],
  ] as const) {
    const service = serving((name) => {
      if (name === "CompleteMultipartUpload") throw reply("Odd", status)
      return undefined
    })
    const upload = await beginUpload(service.bucket, "k", "store blob")
    await upload.add(PART)
    await assert.rejects(upload.complete(), { code: status === 400 ? "STORE_REFUSED" : "STORE_UNAVAILABLE" })
    await upload.abort()
    assert.equal(service.sent.includes("AbortMultipartUpload"), isAborted, `${status}`)
  }
})

test("parts get their buffers back, also where they fail, and no more than an upload takes are sent", async () => {
  let released = 0
  const service = serving((name) => {
    if (name === "UploadPart") throw reply("AccessDenied", 403)
    return undefined
  })
  const upload = await beginUpload(service.bucket, "k", "store blob")
  await upload.add({ ...PART, release: () => void released++ })
  await assert.rejects(upload.complete(), { code: "STORE_REFUSED" })
  assert.equal(released, 1)
  const other = await beginUpload(serving().bucket, "k", "store blob")
  await assert.rejects(other.add({ ...PART, number: 10_001 }), { code: "FILE_TOO_LARGE" })
})

test("a blob is read whole, in chunks of no more than 1 MiB, and compared with its digest", async () => {
  const service = serving()
  const long = Buffer.alloc(2 * MIB + 5, 3)
  service.objects.set(keyOf(digestOf(long)), long)
  const lengths: number[] = []
  for await (const chunk of readBlob(service.bucket, digestOf(long))) lengths.push(chunk.length)
  assert.deepEqual(lengths, [MIB, MIB, 5])
  service.objects.set(keyOf(DIGEST), Buffer.from("others"))
  const { digest: found, sizeBytes } = { digest: digestOf(Buffer.from("others")), sizeBytes: 6 }
  await assert.rejects(gathered(readBlob(service.bucket, DIGEST)), {
    code: "BLOB_DIGEST_MISMATCH",
    details: { digest: DIGEST, place: "s3://blobs/lab/", found, sizeBytes },
  })
  service.objects.clear()
  await assert.rejects(readBlob(service.bucket, DIGEST).next(), { code: "BLOB_NOT_FOUND" })
})

/** Replies that end after so many bytes, with an error or without. */
function breakingAfter(sizeBytes: number, error?: Error) {
  const ranges: unknown[] = []
  const service = serving((name, input, { objects }) => {
    if (name !== "GetObject") return undefined
    ranges.push(input["Range"])
    const { Body, ...facts } = read(objects.get(String(input["Key"])), input["Range"]) as { readonly Body: Readable }
    const body = (async function* () {
      for await (const chunk of Body) yield (chunk as Buffer).subarray(0, sizeBytes)
      if (error !== undefined) throw error
    })()
    return { ...facts, Body: Object.assign(body, { destroy: () => undefined }) }
  })
  service.objects.set(keyOf(DIGEST), Buffer.from(TEXT))
  return { service, ranges }
}

test("a connection that breaks, silently or not, is made again at the byte that comes next", async () => {
  for (const error of [undefined, Object.assign(new Error("reset"), { code: "ECONNRESET" })]) {
    const { service, ranges } = breakingAfter(8, error)
    assert.equal((await gathered(readBlob(service.bucket, DIGEST))).toString(), TEXT)
    assert.deepEqual(ranges, [undefined, "bytes=8-", "bytes=16-"])
  }
})

test("a mistake of ours while reading is thrown, and not tried again", async () => {
  const { service, ranges } = breakingAfter(8, new TypeError("x is not a function"))
  await assert.rejects(gathered(readBlob(service.bucket, DIGEST)), new TypeError("x is not a function"))
  assert.equal(ranges.length, 1)
})

test("a stretch is its bytes, the last counted in, also over a connection that breaks", async () => {
  const { service, ranges } = breakingAfter(3)
  assert.equal((await gathered(readBytes(service.bucket, DIGEST, { first: 4, last: 8 }))).toString(), "bytes")
  assert.deepEqual(ranges, ["bytes=4-8", "bytes=7-8"])
  const beyond = readBytes(service.bucket, DIGEST, { first: 100, last: 110 })
  await assert.rejects(beyond.next(), { code: "BLOB_DIGEST_MISMATCH", message: /it is shorter than it was$/ })
})

test("blobs are listed from all pages, and nothing else that lies in the bucket", async () => {
  const service = serving()
  const digests = ["a", "b", "c"].map((text) => digestOf(Buffer.from(text)))
  for (const digest of digests) service.objects.set(keyOf(digest), Buffer.from("x"))
  for (const key of ["lab/blobs/sha256/README", "lab/incoming/1", `other/${keyOf(DIGEST)}`])
    service.objects.set(key, Buffer.from("x"))
  const listed: Digest[] = []
  for await (const { digest } of listBlobs(service.bucket)) listed.push(digest)
  assert.deepEqual(listed.toSorted(), digests.toSorted())
  assert.deepEqual(await statBlob(service.bucket, digests[0] as Digest), { digest: digests[0], sizeBytes: 1 })
  await removeBlob(service.bucket, digests[0] as Digest)
  assert.equal(await statBlob(service.bucket, digests[0] as Digest), undefined)
})

test("a bucket that is gone is not taken for a blob that is not there", async () => {
  const service = serving((name) => {
    if (name === "HeadObject") throw reply("NotFound", 404)
    if (name === "ListObjectsV2") throw reply("NoSuchBucket", 404)
    return undefined
  })
  const refused = { code: "STORE_REFUSED", message: /there is no such bucket$/ }
  await assert.rejects(statBlob(service.bucket, DIGEST), refused)
  await assert.rejects(askBucket(service.bucket, "open the store"), refused)
})

test("a sweep removes what was begun before a time, from all pages, and spares what is newer or has no time", async () => {
  const old = new Date(999)
  const pages = [
    { Uploads: [{ Key: "k", UploadId: "old", Initiated: old }], IsTruncated: true, NextKeyMarker: "k" },
    { Uploads: [{ UploadId: "new", Initiated: new Date(1000) }, { UploadId: "timeless" }] },
  ]
  const aborted: unknown[] = []
  const markers: unknown[] = []
  const service = serving((name, input) => {
    if (name === "ListMultipartUploads") {
      markers.push(input["KeyMarker"])
      return pages[markers.length - 1]
    }
    if (name === "AbortMultipartUpload") {
      aborted.push(input["UploadId"])
      // The writer itself was quicker.
      throw reply("NoSuchUpload", 404)
    }
    if (name !== "ListObjectsV2") return undefined
    assert.equal(input["Prefix"], "lab/incoming/")
    return { Contents: [{ Key: "lab/incoming/1", LastModified: old }, { Key: "lab/incoming/2" }] }
  })
  for (const key of ["lab/incoming/1", "lab/incoming/2"]) service.objects.set(key, Buffer.from("x"))
  assert.deepEqual(await sweep(service.bucket, { begunBeforeMs: 1000 }), { uploads: 1, objects: 1 })
  assert.deepEqual([markers, aborted], [[undefined, "k"], ["old"]])
  assert.deepEqual([...service.objects.keys()], ["lab/incoming/2"])
})

test("a store refuses settings before it is used, sends nothing when it is opened, and may be closed twice", async () => {
  assert.throws(() => openS3Store({ bucket: "Not A Bucket" }), { code: "SETTINGS_INVALID" })
  const store = openS3Store({ bucket: "blobs", endpoint: "http://127.0.0.1:1", attempts: 1 })
  assert.deepEqual(store.capabilities, { list: true, remove: true })
  await store.close()
  await store.close()
})
