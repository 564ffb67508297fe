import { createHash } from "node:crypto"
import { setTimeout as delay } from "node:timers/promises"
import { GetObjectCommand } from "@aws-sdk/client-s3"
import { type Digest, GeartrainError } from "@geartrain/spec"
import { asking, type Bucket } from "./bucket.ts"
import { blobKey } from "./keys.ts"
import { explained, failureOf } from "./replies.ts"

/** So many connections may break one after the other without a byte between them. */
const MOST_BREAKS = 5
const FIRST_PAUSE_MS = 100
const PIECE_BYTES = 1024 * 1024

/** Bytes of a stretch of a blob: the first and the last, both counted from 0. */
export interface Stretch {
  readonly first: number
  readonly last: number
}

/**
 * Reads a blob, and hashes it on its way.
 *
 * @throws {GeartrainError} BLOB_NOT_FOUND, before the first chunk; BLOB_DIGEST_MISMATCH at the end.
 */
export async function* readBlob(bucket: Bucket, digest: Digest): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256")
  let sizeBytes = 0
  for await (const chunk of readBytes(bucket, digest, { first: 0 })) {
    hash.update(chunk)
    sizeBytes += chunk.length
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) yield chunk.subarray(at, at + PIECE_BYTES)
  }
  const found: Digest = `sha256:${hash.digest("hex")}`
  if (found !== digest) throw damaged(bucket, digest, { found, sizeBytes })
}

/**
 * Reads bytes. A connection that breaks is made again from the byte that comes next; since a blob never changes, it does not matter whether
 * the object was written again meanwhile.
 */
export async function* readBytes(
  bucket: Bucket,
  digest: Digest,
  { first, last }: { readonly first: number; readonly last?: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  let position = first
  let breaks = 0
  for (;;) {
    const reply = await openFrom(bucket, digest, { position, last })
    // A resumed reply has the length of what is left.
    const end = position + reply.sizeBytes
    const broken: { error?: unknown } = {}
    try {
      for await (const chunk of breakable(reply.body, broken)) {
        position += chunk.length
        breaks = 0
        yield chunk
      }
    } finally {
      reply.body.destroy()
    }
    if (position >= end) return
    breaks += 1
    if (breaks > MOST_BREAKS) throw explained(broken.error ?? silentEnd(), `read blob "${digest}"`, bucket)
    await delay(FIRST_PAUSE_MS * 2 ** (breaks - 1))
  }
}

interface Reply {
  readonly body: AsyncIterable<Uint8Array> & { destroy(): void }
  readonly sizeBytes: number
}

async function openFrom(
  bucket: Bucket,
  digest: Digest,
  { position, last }: { readonly position: number; readonly last?: number | undefined },
): Promise<Reply> {
  // An empty object has no byte 0, and no range is right for it.
  const range = position === 0 && last === undefined ? {} : { Range: `bytes=${position}-${last ?? ""}` }
  const object = { Bucket: bucket.name, Key: blobKey(bucket.prefix, digest), ...range }
  const { Body, ContentLength } = await asking(bucket, `read blob "${digest}"`, {
    send: () => bucket.client.send(new GetObjectCommand(object)),
    exceptions: (error) => {
      const word = failureOf(error)?.word
      if (word === "NoSuchKey") return notFound(bucket, digest)
      // Another object, which is shorter, has taken its place.
      return word === "InvalidRange" ? damaged(bucket, digest, { sizeBytes: position }) : undefined
    },
  })
  if (Body === undefined || ContentLength === undefined)
    throw new GeartrainError(
      "STORE_REFUSED",
      `Cannot read blob "${digest}" in "${bucket.place}": its length is not told`,
    )
  return { body: Body as unknown as Reply["body"], sizeBytes: ContentLength }
}

/** Ends where the connection breaks, and says why. */
async function* breakable(
  body: AsyncIterable<Uint8Array>,
  broken: { error?: unknown },
): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks = body[Symbol.asyncIterator]()
  for (;;) {
    let next: IteratorResult<Uint8Array>
    try {
      next = await chunks.next()
    } catch (error) {
      // Only errors of connections: a bug must not be tried again.
      if (failureOf(error) === undefined) throw error
      broken.error = error
      return
    }
    if (next.done === true) return
    yield next.value
  }
}

/** A reply that ends early without an error, as some proxies have it. */
function silentEnd(): Error {
  return Object.assign(new Error("The reply ended early"), { code: "ECONNRESET" })
}

function notFound(bucket: Bucket, digest: Digest): GeartrainError {
  return new GeartrainError("BLOB_NOT_FOUND", `Cannot read blob "${digest}": it is not stored in "${bucket.place}"`, {
    details: { digest, place: bucket.place },
    hint: `If a job put it out, make it again: gear restore ${digest}`,
  })
}

function damaged(
  bucket: Bucket,
  digest: Digest,
  is: { readonly found?: Digest; readonly sizeBytes: number },
): GeartrainError {
  const now =
    is.found === undefined ? "it is shorter than it was" : `its ${is.sizeBytes} bytes now have digest ${is.found}`
  return new GeartrainError("BLOB_DIGEST_MISMATCH", `Cannot read blob "${digest}" in "${bucket.place}": ${now}`, {
    details: { digest, place: bucket.place, ...is },
    hint: "Store its bytes again: that replaces the damaged object",
  })
}
