import { Readable } from "node:stream"
import { fitRange, type OpenContent } from "../../archive/downloads/open-content.ts"
import { attachment, readRange, safeMediaType } from "../../http/content-headers.ts"

interface ContentReply {
  header(name: string, value: string): ContentReply
  code(status: 200 | 206 | 304): ContentReply
  send(body?: Readable): unknown
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** Answers with bytes, or with Range some of them. When they cannot be sent to their end, the line is cut. */
export function sendContent(headers: Headers, reply: ContentReply, open: OpenContent): unknown {
  const etag = `"${open.digest}"`
  reply
    .header("etag", etag)
    .header("cache-control", "private, no-cache")
    .header("accept-ranges", "bytes")
    .header("content-type", safeMediaType(open.mimetype))
    .header("content-disposition", attachment(open.name))
  if (open.version !== undefined) reply.header("x-version", String(open.version))
  if (headers["if-none-match"] === etag) return reply.code(304).send()
  const isStale = headers["if-range"] !== undefined && headers["if-range"] !== etag
  const asked = isStale ? undefined : readRange(headers["range"] as string | undefined, open.sizeBytes)
  if (asked === undefined) {
    return reply.header("content-length", String(open.sizeBytes)).send(streamOf(open.bytes()))
  }
  reply.header("content-range", `bytes */${open.sizeBytes}`)
  const range = fitRange(asked, open.sizeBytes)
  return reply
    .code(206)
    .header("content-range", `bytes ${range.first}-${range.last}/${open.sizeBytes}`)
    .header("content-length", String(range.last - range.first + 1))
    .send(streamOf(open.bytes(range)))
}

/** Of bytes and not of things, so that what waits to be sent is bounded by its size. */
export function streamOf(bytes: AsyncIterable<Uint8Array>): Readable {
  return Readable.from(bytes, { objectMode: false })
}
