import { z } from "zod"
import type { ArchivePorts } from "../../archive/archive-ports.ts"
import { changePlace, setQuota } from "../../archive/places/change-place.ts"
import { createPlace } from "../../archive/places/create-place.ts"
import { movePlace } from "../../archive/places/move-place.ts"
import { getPlace, listChildren, listProjects, lookUp } from "../../archive/places/read-places.ts"
import type { ApiApp } from "../../http/api-app.ts"
import { etagOf, readIfMatch } from "../../http/etag.ts"
import { ID, JSON_OBJECT, WHOLE } from "../../http/json-words.ts"
import { PAGE_QUERY } from "../../http/page.ts"
import {
  FILE,
  GROUP,
  GROUP_ID,
  ID_PARAMS,
  listOf,
  NAME,
  NOTHING,
  PATCH,
  PLACE,
  PLACE_TYPE,
  PLACE_WITH_PATH,
  TAGS,
  WHOLE_PLACE,
} from "./archive-words.ts"

const FOUND = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("group"), group: GROUP }),
  z.object({ kind: z.literal("place"), place: PLACE_WITH_PATH }),
  z.object({ kind: z.literal("file"), place: PLACE_WITH_PATH, file: FILE }),
])

/** Projects, subjects, sessions, acquisitions and analyses. */
export function placeRoutes(app: ApiApp, ports: ArchivePorts): void {
  reading(app, ports)
  app.post(
    "/api/v1/places",
    {
      schema: {
        operationId: "createPlace",
        tags: ["archive"],
        summary: "Make a project, subject, session or acquisition",
        body: z.object({
          type: PLACE_TYPE.exclude(["analysis"]),
          parent: z.union([ID, GROUP_ID]).describe("Id of the place that it is to be in; of a group for a project"),
          label: NAME,
          metadata: JSON_OBJECT.optional(),
          tags: TAGS.optional(),
          info: JSON_OBJECT.optional(),
        }),
        response: { 201: WHOLE_PLACE },
      },
    },
    async ({ caller, body }, reply) => {
      const place = await createPlace(ports, caller, body)
      return reply.code(201).header("etag", etagOf(place.revision)).send(place)
    },
  )
  app.patch(
    "/api/v1/places/:id",
    {
      schema: {
        operationId: "changePlace",
        tags: ["archive"],
        summary: "Change label, members, info and tags of a place",
        params: ID_PARAMS,
        body: PATCH,
        response: { 200: WHOLE_PLACE },
      },
    },
    async ({ caller, params, body, headers }, reply) => {
      const revision = readIfMatch(headers["if-match"])
      const place = await changePlace(ports, caller, { ...params, patch: body, revision })
      return reply.header("etag", etagOf(place.revision)).send(place)
    },
  )
  app.post(
    "/api/v1/places/:id/move",
    {
      schema: {
        operationId: "movePlace",
        tags: ["archive"],
        summary: "Put a place, with all that is in it, into another one",
        params: ID_PARAMS,
        body: z.object({ parent: ID }),
        response: { 200: PLACE },
      },
    },
    async ({ caller, params, body, headers }, reply) => {
      const revision = readIfMatch(headers["if-match"])
      const place = await movePlace(ports, caller, { ...params, ...body, revision })
      return reply.header("etag", etagOf(place.revision)).send(place)
    },
  )
  app.put(
    "/api/v1/projects/:id/quota",
    {
      schema: {
        operationId: "setQuota",
        tags: ["archive"],
        summary: "Say how many bytes a project may have; an admin of the site may",
        params: ID_PARAMS,
        body: z.object({ quotaBytes: WHOLE.optional().describe("Absent: no limit") }),
        response: { 204: NOTHING },
      },
    },
    async ({ caller, params, body }, reply) => {
      await setQuota(ports, caller, { project: params.id, quotaBytes: body.quotaBytes })
      return reply.code(204).send(null)
    },
  )
}

function reading(app: ApiApp, ports: ArchivePorts): void {
  app.get(
    "/api/v1/lookup",
    {
      schema: {
        operationId: "lookUp",
        tags: ["archive"],
        summary: "What a path leads to: group/project/subject/session/acquisition/files/name",
        querystring: z.object({ path: z.string().min(1).max(4096) }),
        response: { 200: FOUND },
      },
    },
    ({ caller, query }) => lookUp(ports, caller, query.path),
  )
  app.get(
    "/api/v1/projects",
    {
      schema: {
        operationId: "listProjects",
        tags: ["archive"],
        summary: "Projects that the caller may read, by label",
        querystring: PAGE_QUERY.extend({ group: GROUP_ID.optional() }),
        response: { 200: listOf(PLACE) },
      },
    },
    ({ caller, query }) => listProjects(ports, caller, query),
  )
  app.get(
    "/api/v1/places/:id",
    {
      schema: {
        operationId: "getPlace",
        tags: ["archive"],
        summary: "One place, with its info and its path",
        params: ID_PARAMS,
        response: { 200: PLACE_WITH_PATH },
      },
    },
    async ({ caller, params }, reply) => {
      const place = await getPlace(ports, caller, params.id)
      return reply.header("etag", etagOf(place.revision)).send(place)
    },
  )
  app.get(
    "/api/v1/places/:id/children",
    {
      schema: {
        operationId: "listChildren",
        tags: ["archive"],
        summary: "Places of one type that lie directly in another, by label",
        params: ID_PARAMS,
        querystring: PAGE_QUERY.extend({ type: PLACE_TYPE }),
        response: { 200: listOf(PLACE) },
      },
    },
    ({ caller, params, query }) => listChildren(ports, caller, { ...query, parent: params.id }),
  )
}
