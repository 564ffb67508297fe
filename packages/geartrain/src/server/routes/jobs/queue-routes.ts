import { z } from "zod"
import type { ApiApp } from "../../http/api-app.ts"
import { etagOf, readIfMatch } from "../../http/etag.ts"
import { ID, SHORT_TEXT, WHOLE } from "../../http/json-words.ts"
import type { QueuePorts } from "../../queue/queue-ports.ts"
import { pauseProject } from "../../queue/settings/pause-project.ts"
import { readQueue } from "../../queue/settings/read-queue.ts"
import { listLimits, setLimit } from "../../queue/settings/set-limit.ts"

const KIND = z.enum(["site", "user", "project", "group", "runner"])

const LIMIT = z.object({
  running: WHOLE.max(1_000_000).exactOptional().describe("Jobs that may run at once"),
  weight: z.number().int().min(1).max(1000).exactOptional().describe("Of a user: turns for one of another's"),
  paused: z.boolean().exactOptional(),
})

const SET_LIMIT = LIMIT.extend({ kind: KIND, subject: z.string(), revision: WHOLE })
const tags = ["queue"]

/** What waits and runs, and what holds it back. */
export function queueRoutes(app: ApiApp, ports: QueuePorts): void {
  app.get(
    "/api/v1/queue",
    {
      schema: {
        operationId: "getQueue",
        tags,
        summary: "What waits and runs in the projects that you may read, and why it waits",
        response: {
          200: z.object({
            pending: WHOLE,
            running: WHOLE,
            lanes: z.array(
              z.object({
                owner: z.string(),
                project: z.string(),
                pending: WHOLE,
                running: WHOLE,
                waiting: z.string().optional(),
              }),
            ),
          }),
        },
      },
    },
    async ({ caller }) => {
      const queue = await readQueue(ports, caller)
      return { ...queue, lanes: [...queue.lanes] }
    },
  )
  app.get(
    "/api/v1/queue/limits",
    {
      schema: {
        operationId: "listLimits",
        tags,
        summary: "All limits, weights and pauses",
        response: { 200: z.object({ items: z.array(SET_LIMIT) }) },
      },
    },
    async ({ caller }) => ({ items: [...(await listLimits(ports, caller))] }),
  )
  app.put(
    "/api/v1/queue/limits/:kind/:subject",
    {
      schema: {
        operationId: "setLimit",
        tags,
        summary: "Set what a user, project, group, runner or the site is held to; subject * is for all others",
        params: z.object({ kind: KIND, subject: SHORT_TEXT }),
        body: LIMIT,
        response: { 200: SET_LIMIT },
      },
    },
    async (request, reply) => {
      const revision = readIfMatch(request.headers["if-match"])
      const set = await setLimit(ports, request.caller, { ...request.params, limit: request.body, revision })
      return reply.header("etag", etagOf(set.revision)).send(set)
    },
  )
  app.post(
    "/api/v1/projects/:project/queue",
    {
      schema: {
        operationId: "pauseProject",
        tags,
        summary: "Have the jobs of a project wait, or go on",
        params: z.object({ project: ID }),
        body: z.object({ paused: z.boolean() }),
        response: { 200: z.object({ project: ID, paused: z.boolean() }) },
      },
    },
    async ({ caller, params: { project }, body: { paused } }) => {
      await pauseProject(ports, caller, { project, isPaused: paused })
      return { project, paused }
    },
  )
}
