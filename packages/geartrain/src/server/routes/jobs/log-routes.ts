import { Readable } from "node:stream"
import { z } from "zod"
import type { ApiApp } from "../../http/api-app.ts"
import { lastSeen, type StreamMessage, sendEvents } from "../../http/event-stream.ts"
import { ID } from "../../http/json-words.ts"
import { needJob } from "../../queue/jobs/need-job.ts"
import { followLog } from "../../queue/logs/follow-log.ts"
import { readLog } from "../../queue/logs/read-log.ts"
import type { QueuePorts } from "../../queue/queue-ports.ts"

const JOB = z.object({ job: ID })
const QUERY = z.object({
  after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional().describe("Bytes of it that were seen"),
  attempt: z.coerce.number().int().min(1).max(1_000_000).optional().describe("Absent: the present one"),
})

/** What a job's gear said. */
export function logRoutes(app: ApiApp, ports: QueuePorts): void {
  app.get(
    "/api/v1/jobs/:job/logs",
    {
      schema: {
        operationId: "getJobLog",
        tags: ["jobs"],
        summary: "The log of an attempt, as far as it is there",
        params: JOB,
        querystring: QUERY,
      },
    },
    async (request, reply) => {
      const row = await needJob(ports, request.caller, { id: request.params.job, right: "read", action: "job.log" })
      const attempt = request.query.attempt ?? row.attempt
      const pieces = readLog(ports, { job: row.id, attempt }, request.query.after ?? 0)
      const bytes = async function* (): AsyncGenerator<Uint8Array> {
        for await (const piece of pieces) yield piece.bytes
      }
      void reply.header("content-type", "text/plain; charset=utf-8")
      return reply.send(Readable.from(bytes(), { objectMode: false }))
    },
  )
  app.get(
    "/api/v1/jobs/:job/logs/stream",
    {
      schema: {
        operationId: "followJobLog",
        tags: ["jobs"],
        summary: "The log of an attempt as it comes, by events that can be resumed",
        params: JOB,
        querystring: QUERY,
      },
    },
    async (request, reply) => {
      const row = await needJob(ports, request.caller, { id: request.params.job, right: "read", action: "job.log" })
      const attempt = request.query.attempt ?? row.attempt
      const from = lastSeen(request.headers["last-event-id"], request.query.after)
      return sendEvents(request, reply, (signal) => messages(ports, { job: row.id, attempt, from }, signal))
    },
  )
}

async function* messages(
  ports: QueuePorts,
  asked: { readonly job: string; readonly attempt: number; readonly from: number },
  signal: AbortSignal,
): AsyncGenerator<StreamMessage> {
  let at = asked.from
  for await (const { type, ...data } of followLog(ports, asked, signal)) {
    if ("nextOffset" in data) at = data.nextOffset
    yield { id: String(at), event: type, data }
  }
}
