import { Readable } from "node:stream"
import { z } from "zod"
import type { ApiApp } from "../../http/api-app.ts"
import { DIGEST, WHOLE } from "../../http/json-words.ts"
import { openJobBlob, putJobBlob, statJobBlob } from "../../queue/blobs/job-blobs.ts"
import type { QueuePorts } from "../../queue/queue-ports.ts"
import { streamOf } from "./read-body.ts"

const PARAMS = z.object({ digest: DIGEST })
const PER_MINUTE = 60_000

/** Bytes by their digest, for a running job: its inputs and its gear's image out, what it made in. */
export function blobRoutes(app: ApiApp, ports: QueuePorts): void {
  app.head(
    "/api/v1/blobs/:digest",
    {
      config: { perMinute: PER_MINUTE },
      schema: { operationId: "statBlob", tags: ["runners"], summary: "Whether bytes are stored", params: PARAMS },
    },
    async ({ caller, params: { digest } }, reply) => {
      const { sizeBytes } = await statJobBlob(ports, caller, digest)
      return reply.header("content-length", sizeBytes).header("etag", `"${digest}"`).send()
    },
  )
  app.put(
    "/api/v1/blobs/:digest",
    {
      config: { perMinute: PER_MINUTE, streamed: true },
      schema: {
        operationId: "putBlob",
        tags: ["runners"],
        summary: "Store what a job made, before anything names it",
        params: PARAMS,
        response: { 201: z.object({ digest: DIGEST, sizeBytes: WHOLE }) },
      },
    },
    async (request, reply) => {
      const { digest } = request.params
      const stored = await putJobBlob(ports, request.caller, { digest, bytes: streamOf(request.body) })
      return reply.code(201).send(stored)
    },
  )
  app.get(
    "/api/v1/blobs/:digest",
    {
      config: { perMinute: PER_MINUTE },
      schema: { operationId: "getBlob", tags: ["runners"], summary: "Bytes that a job reads", params: PARAMS },
    },
    async (request, reply) => {
      const { digest } = request.params
      const opened = await openJobBlob(ports, request.caller, { digest, range: request.headers.range })
      const { from, sizeBytes, wholeBytes, bytes } = opened
      void reply.header("content-type", "application/octet-stream").header("content-length", sizeBytes)
      void reply.header("etag", `"${digest}"`).header("accept-ranges", "bytes")
      if (sizeBytes < wholeBytes) {
        void reply.code(206).header("content-range", `bytes ${from}-${from + sizeBytes - 1}/${wholeBytes}`)
      }
      return reply.send(Readable.from(bytes, { objectMode: false }))
    },
  )
}
