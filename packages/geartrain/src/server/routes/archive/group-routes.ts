import { z } from "zod"
import type { ArchivePorts } from "../../archive/archive-ports.ts"
import { changeGroup, createGroup, getGroup, listGroups } from "../../archive/places/groups.ts"
import type { ApiApp } from "../../http/api-app.ts"
import { etagOf, readIfMatch } from "../../http/etag.ts"
import { SHORT_TEXT } from "../../http/json-words.ts"
import { PAGE_QUERY } from "../../http/page.ts"
import { GROUP, GROUP_ID, listOf } from "./archive-words.ts"

const PARAMS = z.object({ id: GROUP_ID })

/** What projects are kept in. */
export function groupRoutes(app: ApiApp, ports: ArchivePorts): void {
  app.get(
    "/api/v1/groups",
    {
      schema: {
        operationId: "listGroups",
        tags: ["archive"],
        summary: "Groups in which the caller may read a project; all for an admin of the site",
        querystring: PAGE_QUERY,
        response: { 200: listOf(GROUP) },
      },
    },
    ({ caller, query }) => listGroups(ports, caller, query),
  )
  app.post(
    "/api/v1/groups",
    {
      schema: {
        operationId: "createGroup",
        tags: ["archive"],
        summary: "Make a group; an admin of the site may",
        body: z.object({ id: GROUP_ID, label: SHORT_TEXT.optional() }),
        response: { 201: GROUP },
      },
    },
    async ({ caller, body }, reply) => {
      const group = await createGroup(ports, caller, body)
      return reply.code(201).header("etag", etagOf(group.revision)).send(group)
    },
  )
  app.get(
    "/api/v1/groups/:id",
    {
      schema: {
        operationId: "getGroup",
        tags: ["archive"],
        summary: "One group",
        params: PARAMS,
        response: { 200: GROUP },
      },
    },
    async ({ caller, params }, reply) => {
      const group = await getGroup(ports, caller, params.id)
      return reply.header("etag", etagOf(group.revision)).send(group)
    },
  )
  app.patch(
    "/api/v1/groups/:id",
    {
      schema: {
        operationId: "changeGroup",
        tags: ["archive"],
        summary: "Change a group's label; an admin of the site may",
        params: PARAMS,
        body: z.object({ label: SHORT_TEXT }),
        response: { 200: GROUP },
      },
    },
    async ({ caller, params, body, headers }, reply) => {
      const revision = readIfMatch(headers["if-match"])
      const group = await changeGroup(ports, caller, { ...params, ...body, revision })
      return reply.header("etag", etagOf(group.revision)).send(group)
    },
  )
}
