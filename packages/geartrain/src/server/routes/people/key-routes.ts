import { z } from "zod"
import type { ApiApp } from "../../http/api-app.ts"
import { ID, SHORT_TEXT, WHOLE } from "../../http/json-words.ts"
import { PAGE_QUERY, type PageQuery, pageOf } from "../../http/page.ts"
import { pageAfter, readTextCursor } from "../../http/page-after.ts"
import type { Caller } from "../../people/caller.ts"
import type { PeoplePorts } from "../../people/people-ports.ts"
import { listApiKeys, makeApiKey, revokeApiKey } from "../../people/tokens/api-keys.ts"
import { EXPIRY, ID_PARAMS, NOTHING, SCOPE } from "./people-words.ts"

const KEY = z.object({
  id: ID,
  label: z.string(),
  scopes: z.array(SCOPE).optional().describe("Absent: all that its user may"),
  createdMs: WHOLE,
  expiresMs: WHOLE.optional(),
  lastUsedMs: WHOLE.optional(),
  lastUsedFrom: z.string().optional(),
  revokedMs: WHOLE.optional(),
})

/** Keys of programs that act for a person. */
export function keyRoutes(app: ApiApp, ports: PeoplePorts): void {
  app.get(
    "/api/v1/keys",
    {
      schema: {
        operationId: "listKeys",
        tags: ["people"],
        summary: "The caller's keys, the newest first",
        querystring: PAGE_QUERY,
        response: { 200: pageOf(KEY) },
      },
    },
    ({ caller, query }) => pageOfKeys(ports, caller, query),
  )
  app.get(
    "/api/v1/users/:id/keys",
    {
      schema: {
        operationId: "listUserKeys",
        tags: ["people"],
        summary: "Somebody's keys, the newest first, for an admin of the site",
        params: ID_PARAMS,
        querystring: PAGE_QUERY,
        response: { 200: pageOf(KEY) },
      },
    },
    ({ caller, params, query }) => pageOfKeys(ports, caller, { ...query, user: params.id }),
  )
  app.post(
    "/api/v1/keys",
    {
      schema: {
        operationId: "makeKey",
        tags: ["people"],
        summary: "Make a key, which is shown this once",
        body: z.object({
          label: SHORT_TEXT,
          scopes: z.array(SCOPE).min(1).max(100).optional().describe("Absent: all that the user may"),
          expiresMs: EXPIRY.optional(),
        }),
        response: { 201: KEY.extend({ key: z.string().describe("Kept nowhere: note it now") }) },
      },
    },
    async (request, reply) => {
      const key = await makeApiKey(ports, request.caller, request.body)
      return reply.code(201).send({ ...key, scopes: key.scopes && [...key.scopes] })
    },
  )
  app.delete(
    "/api/v1/keys/:id",
    {
      schema: {
        operationId: "revokeKey",
        tags: ["people"],
        summary: "End a key at once",
        params: ID_PARAMS,
        response: { 204: NOTHING },
      },
    },
    async (request, reply) => {
      await revokeApiKey(ports, request.caller, request.params.id)
      return reply.code(204).send(null)
    },
  )
}

async function pageOfKeys(
  ports: PeoplePorts,
  caller: Caller,
  { limit, cursor, ...of }: PageQuery & { readonly user?: string },
) {
  const keys = await listApiKeys(ports, caller, { ...of, before: readTextCursor(cursor), limit: limit + 1 })
  return pageAfter(
    keys.map((key) => ({ ...key, scopes: key.scopes && [...key.scopes] })),
    limit,
    ({ id }) => [id],
  )
}
