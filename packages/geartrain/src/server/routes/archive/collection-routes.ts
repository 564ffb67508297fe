import { z } from "zod"
import type { ArchivePorts } from "../../archive/archive-ports.ts"
import { changeCollection, createCollection } from "../../archive/collections/change-collection.ts"
import { getCollection, listCollections, listItems } from "../../archive/collections/read-collections.ts"
import type { ApiApp } from "../../http/api-app.ts"
import { etagOf, readIfMatch } from "../../http/etag.ts"
import { ID, WHOLE } from "../../http/json-words.ts"
import { PAGE_QUERY } from "../../http/page.ts"
import { FILE, ID_PARAMS, listOf, NAME, NOTHING, PLACE } from "./archive-words.ts"

const DESCRIPTION = z
  .string()
  .max(10_000)
  .regex(/^[^\0]*$/)

const COLLECTION = z.object({
  id: ID,
  project: ID.describe("Whose members see it"),
  label: z.string(),
  description: z.string(),
  createdMs: WHOLE,
  createdBy: z.string(),
  modifiedMs: WHOLE,
  revision: WHOLE,
})

const ITEM = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("place"), place: PLACE }),
  z.object({ kind: z.literal("file"), file: FILE }),
])

const IDS = z.array(ID).max(1000).readonly().optional()

/** Lists of places and files across projects. */
export function collectionRoutes(app: ApiApp, ports: ArchivePorts): void {
  changing(app, ports)
  app.get(
    "/api/v1/projects/:id/collections",
    {
      schema: {
        operationId: "listCollections",
        tags: ["archive"],
        summary: "Collections of a project, by label",
        params: ID_PARAMS,
        querystring: PAGE_QUERY,
        response: { 200: listOf(COLLECTION) },
      },
    },
    ({ caller, params, query }) => listCollections(ports, caller, { ...query, project: params.id }),
  )
  app.get(
    "/api/v1/collections/:id",
    {
      schema: {
        operationId: "getCollection",
        tags: ["archive"],
        summary: "One collection",
        params: ID_PARAMS,
        response: { 200: COLLECTION },
      },
    },
    async ({ caller, params }, reply) => {
      const collection = await getCollection(ports, caller, params.id)
      return reply.header("etag", etagOf(collection.revision)).send(collection)
    },
  )
  app.get(
    "/api/v1/collections/:id/items",
    {
      schema: {
        operationId: "listCollectionItems",
        tags: ["archive"],
        summary: "What a collection lists, as far as the caller may read it",
        params: ID_PARAMS,
        querystring: PAGE_QUERY,
        response: { 200: listOf(ITEM) },
      },
    },
    ({ caller, params, query }) => listItems(ports, caller, { ...query, collection: params.id }),
  )
}

function changing(app: ApiApp, ports: ArchivePorts): void {
  app.post(
    "/api/v1/collections",
    {
      schema: {
        operationId: "createCollection",
        tags: ["archive"],
        summary: "Make an empty collection",
        body: z.object({ project: ID, label: NAME, description: DESCRIPTION.optional() }),
        response: { 201: COLLECTION },
      },
    },
    async ({ caller, body }, reply) => {
      const collection = await createCollection(ports, caller, body)
      return reply.code(201).header("etag", etagOf(collection.revision)).send(collection)
    },
  )
  app.patch(
    "/api/v1/collections/:id",
    {
      schema: {
        operationId: "changeCollection",
        tags: ["archive"],
        summary: "Change a collection, and what it lists",
        params: ID_PARAMS,
        body: z.object({
          label: NAME.optional(),
          description: DESCRIPTION.optional(),
          addPlaces: IDS,
          addFiles: IDS,
          remove: IDS,
        }),
        response: { 200: COLLECTION },
      },
    },
    async ({ caller, params, body, headers }, reply) => {
      const revision = readIfMatch(headers["if-match"])
      const collection = await changeCollection(ports, caller, { ...params, ...body, revision })
      return reply.header("etag", etagOf(collection.revision)).send(collection)
    },
  )
  app.delete(
    "/api/v1/collections/:id",
    {
      schema: {
        operationId: "deleteCollection",
        tags: ["archive"],
        summary: "Put a collection away; nothing that it lists is touched",
        params: ID_PARAMS,
        response: { 204: NOTHING },
      },
    },
    async ({ caller, params, headers }, reply) => {
      const revision = readIfMatch(headers["if-match"])
      await changeCollection(ports, caller, { ...params, isDeleted: true, revision })
      return reply.code(204).send(null)
    },
  )
}
