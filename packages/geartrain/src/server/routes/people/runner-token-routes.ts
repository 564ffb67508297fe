import { z } from "zod"
import type { ApiApp } from "../../http/api-app.ts"
import { ID, SHORT_TEXT, WHOLE } from "../../http/json-words.ts"
import { PAGE_QUERY, pageOf } from "../../http/page.ts"
import { pageAfter, readTextCursor } from "../../http/page-after.ts"
import type { PeoplePorts } from "../../people/people-ports.ts"
import { listRunnerTokens, makeRunnerToken, revokeRunnerToken } from "../../people/tokens/runner-tokens.ts"
import { EXPIRY, ID_PARAMS, NOTHING } from "./people-words.ts"

const LABELS = z.record(SHORT_TEXT, z.string().max(256)).describe("Labels that its runners have, whatever they say")

const TOKEN = z.object({
  id: ID,
  label: z.string(),
  runnerLabels: LABELS.optional(),
  createdMs: WHOLE,
  createdBy: ID,
  expiresMs: WHOLE.optional(),
  lastUsedMs: WHOLE.optional(),
  lastUsedFrom: z.string().optional(),
  revokedMs: WHOLE.optional(),
})

/** What runners show. */
export function runnerTokenRoutes(app: ApiApp, ports: PeoplePorts): void {
  app.get(
    "/api/v1/runner-tokens",
    {
      schema: {
        operationId: "listRunnerTokens",
        tags: ["people"],
        summary: "Tokens of runners, the newest first",
        querystring: PAGE_QUERY,
        response: { 200: pageOf(TOKEN) },
      },
    },
    async ({ caller, query: { limit, cursor } }) => {
      const tokens = await listRunnerTokens(ports, caller, { before: readTextCursor(cursor), limit: limit + 1 })
      return pageAfter(tokens, limit, ({ id }) => [id])
    },
  )
  app.post(
    "/api/v1/runner-tokens",
    {
      schema: {
        operationId: "makeRunnerToken",
        tags: ["people"],
        summary: "Make a token for runners, which is shown this once",
        body: z.object({ label: SHORT_TEXT, runnerLabels: LABELS.optional(), expiresMs: EXPIRY.optional() }),
        response: { 201: TOKEN.extend({ token: z.string().describe("Kept nowhere: note it now") }) },
      },
    },
    async (request, reply) => reply.code(201).send(await makeRunnerToken(ports, request.caller, request.body)),
  )
  app.delete(
    "/api/v1/runner-tokens/:id",
    {
      schema: {
        operationId: "revokeRunnerToken",
        tags: ["people"],
        summary: "End a token of runners at once",
        params: ID_PARAMS,
        response: { 204: NOTHING },
      },
    },
    async (request, reply) => {
      await revokeRunnerToken(ports, request.caller, request.params.id)
      return reply.code(204).send(null)
    },
  )
}
