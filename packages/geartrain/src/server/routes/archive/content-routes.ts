import { Readable } from "node:stream"
import { z } from "zod"
import type { ArchivePorts } from "../../archive/archive-ports.ts"
import { createDownload } from "../../archive/downloads/create-download.ts"
import { fitRange, openFile } from "../../archive/downloads/open-file.ts"
import { streamDownload } from "../../archive/downloads/stream-download.ts"
import type { ApiApp } from "../../http/api-app.ts"
import { attachment, readRange, safeMediaType } from "../../http/content-headers.ts"
import { ID, WHOLE } from "../../http/json-words.ts"
import { FILTER, ID_PARAMS } from "./archive-words.ts"

const IDS = z.array(ID).max(1000).readonly().default([])

/** Bytes of files, one or many at a time. When they cannot be sent to their end, the line is cut, so that no part is taken for the whole. */
export function contentRoutes(app: ApiApp, ports: ArchivePorts): void {
  app.get(
    "/api/v1/files/:id/content",
    {
      schema: {
        operationId: "getContent",
        tags: ["archive"],
        summary: "The bytes of a file, or with Range some of them",
        params: ID_PARAMS,
        querystring: z.object({ version: z.coerce.number().int().min(1).max(1_000_000_000).optional() }),
      },
    },
    async ({ caller, params, query, headers }, reply) => {
      const open = await openFile(ports, caller, { ...params, version: query.version })
      const etag = `"${open.digest}"`
      reply
        .header("etag", etag)
        .header("cache-control", "private, no-cache")
        .header("accept-ranges", "bytes")
        .header("content-type", safeMediaType(open.file.mimetype))
        .header("content-disposition", attachment(open.file.name))
        .header("x-version", String(open.version))
      if (headers["if-none-match"] === etag) return reply.code(304).send()
      const isStale = headers["if-range"] !== undefined && headers["if-range"] !== etag
      const asked = isStale ? undefined : readRange(headers.range, open.sizeBytes)
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
    },
  )
  app.post(
    "/api/v1/downloads",
    {
      schema: {
        operationId: "createDownload",
        tags: ["archive"],
        summary: "Select files to be downloaded at once, and learn how many and how large they are",
        body: FILTER.extend({ places: IDS.describe("With all below them"), files: IDS }),
        response: { 201: z.object({ ticket: ID, files: WHOLE, bytes: WHOLE, expiresMs: WHOLE }) },
      },
    },
    async ({ caller, body }, reply) => reply.code(201).send(await createDownload(ports, caller, body)),
  )
  app.get(
    "/api/v1/downloads/:id",
    {
      schema: {
        operationId: "getDownload",
        tags: ["archive"],
        summary: "What was selected, as one archive, the digests of all files at its end",
        params: ID_PARAMS,
        querystring: z.object({ format: z.enum(["tar", "zip"]).default("tar") }),
      },
    },
    async ({ caller, params, query }, reply) => {
      const { format } = query
      const bytes = await streamDownload(ports, caller, { ticket: params.id, format })
      return reply
        .header("content-type", format === "tar" ? "application/x-tar" : "application/zip")
        .header("content-disposition", attachment(`geartrain-${params.id}.${format}`))
        .send(streamOf(bytes))
    },
  )
}

/** Of bytes and not of things, so that what waits to be sent is bounded by its size. */
function streamOf(bytes: AsyncIterable<Uint8Array>): Readable {
  return Readable.from(bytes, { objectMode: false })
}
