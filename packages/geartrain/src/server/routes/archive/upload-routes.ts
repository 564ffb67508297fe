import { Readable } from "node:stream"
import { z } from "zod"
import type { ArchivePorts } from "../../archive/archive-ports.ts"
import { appendUpload, type IncomingBytes } from "../../archive/uploads/append-upload.ts"
import { createUpload } from "../../archive/uploads/create-upload.ts"
import { dropUpload, finishUpload } from "../../archive/uploads/finish-upload.ts"
import { getUpload } from "../../archive/uploads/read-upload.ts"
import { uploadWhole } from "../../archive/uploads/upload-whole.ts"
import type { ApiApp } from "../../http/api-app.ts"
import { DIGEST, ID } from "../../http/json-words.ts"
import { FILE, ID_PARAMS, NAME, NEW_UPLOAD, NOTHING, UPLOAD } from "./archive-words.ts"

const FINISHED = z.object({
  file: FILE,
  isNew: z.boolean().describe("False when there was a file of this name with this very content"),
})

/** Files on their way in: in chunks that survive cuts and restarts, or whole. */
export function uploadRoutes(app: ApiApp, ports: ArchivePorts): void {
  app.post(
    "/api/v1/uploads",
    {
      schema: {
        operationId: "createUpload",
        tags: ["archive"],
        summary: "Begin an upload",
        body: NEW_UPLOAD,
        response: { 201: UPLOAD },
      },
    },
    async ({ caller, body }, reply) => {
      const { digest, ...request } = body
      return reply.code(201).send(await createUpload(ports, caller, { ...request, expected: digest }))
    },
  )
  app.get(
    "/api/v1/uploads/:id",
    {
      schema: {
        operationId: "getUpload",
        tags: ["archive"],
        summary: "How far an upload got",
        params: ID_PARAMS,
        response: { 200: UPLOAD },
      },
    },
    ({ caller, params }) => getUpload(ports, caller, params.id),
  )
  app.put(
    "/api/v1/uploads/:id/chunks/:offset",
    {
      config: { streamed: true },
      schema: {
        operationId: "appendUpload",
        tags: ["archive"],
        summary: "Send bytes, of any number, that belong at an offset; the same again changes nothing",
        consumes: ["application/octet-stream"],
        params: z.object({ id: ID, offset: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER) }),
        response: { 200: UPLOAD },
      },
    },
    ({ caller, params, body }) => appendUpload(ports, caller, { ...params, bytes: streamOf(body) }),
  )
  app.post(
    "/api/v1/uploads/:id/finish",
    {
      schema: {
        operationId: "finishUpload",
        tags: ["archive"],
        summary: "Make a file, or a new version of one, of what was received",
        params: ID_PARAMS,
        response: { 200: FINISHED },
      },
    },
    ({ caller, params }) => finishUpload(ports, caller, params.id),
  )
  app.delete(
    "/api/v1/uploads/:id",
    {
      schema: {
        operationId: "dropUpload",
        tags: ["archive"],
        summary: "Forget an upload",
        params: ID_PARAMS,
        response: { 204: NOTHING },
      },
    },
    async ({ caller, params }, reply) => {
      await dropUpload(ports, caller, params.id)
      return reply.code(204).send(null)
    },
  )
  app.put(
    "/api/v1/places/:id/files/:name",
    {
      config: { streamed: true },
      schema: {
        operationId: "putFile",
        tags: ["archive"],
        summary: "Upload a file in one stream: all of it, or nothing",
        consumes: ["application/octet-stream"],
        params: z.object({ id: ID, name: NAME }),
        querystring: z.object({ digest: DIGEST.optional().describe("That the bytes are to have") }),
        response: { 200: FINISHED },
      },
    },
    ({ caller, params, query, headers, body }) => {
      const length = /^\d{1,15}$/.test(headers["content-length"] ?? "") ? Number(headers["content-length"]) : undefined
      return uploadWhole(ports, caller, {
        place: params.id,
        name: params.name,
        sizeBytes: length,
        expected: query.digest,
        bytes: streamOf(body),
      })
    },
  )
}

/** A body that was not sent is one without bytes. */
function streamOf(body: unknown): IncomingBytes {
  return isStream(body) ? body : Readable.from([])
}

function isStream(body: unknown): body is IncomingBytes {
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body
}
