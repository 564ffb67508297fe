import { z } from "zod"
import type { ArchivePorts } from "../../archive/archive-ports.ts"
import { createDownload } from "../../archive/downloads/create-download.ts"
import { openFile } from "../../archive/downloads/open-file.ts"
import { streamDownload } from "../../archive/downloads/stream-download.ts"
import type { ApiApp } from "../../http/api-app.ts"
import { attachment } from "../../http/content-headers.ts"
import { ID, WHOLE } from "../../http/json-words.ts"
import { FILTER, ID_PARAMS } from "./archive-words.ts"
import { sendContent, streamOf } from "./send-content.ts"

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
      return sendContent(headers, reply, open)
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
