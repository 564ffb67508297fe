import type { ArchivePorts } from "../../archive/archive-ports.ts"
import { listTrashedFiles, listTrashedPlaces } from "../../archive/trash/list-trash.ts"
import { restoreFile, trashFile } from "../../archive/trash/trash-file.ts"
import { restorePlace, trashPlace } from "../../archive/trash/trash-place.ts"
import type { ApiApp } from "../../http/api-app.ts"
import { readIfMatch } from "../../http/etag.ts"
import { PAGE_QUERY } from "../../http/page.ts"
import { FILE, ID_PARAMS, listOf, NOTHING, PLACE } from "./archive-words.ts"

/** Deleting, and taking back what was deleted. */
export function trashRoutes(app: ApiApp, ports: ArchivePorts): void {
  app.delete(
    "/api/v1/places/:id",
    {
      schema: {
        operationId: "trashPlace",
        tags: ["archive"],
        summary: "Put a place into the trash, with all that is in it",
        params: ID_PARAMS,
        response: { 204: NOTHING },
      },
    },
    async ({ caller, params, headers }, reply) => {
      await trashPlace(ports, caller, { ...params, revision: readIfMatch(headers["if-match"]) })
      return reply.code(204).send(null)
    },
  )
  app.post(
    "/api/v1/places/:id/restore",
    {
      schema: {
        operationId: "restorePlace",
        tags: ["archive"],
        summary: "Take a place out of the trash, with all that went there with it",
        params: ID_PARAMS,
        response: { 200: PLACE },
      },
    },
    ({ caller, params }) => restorePlace(ports, caller, params.id),
  )
  app.delete(
    "/api/v1/files/:id",
    {
      schema: {
        operationId: "trashFile",
        tags: ["archive"],
        summary: "Put a file into the trash, with all its versions",
        params: ID_PARAMS,
        response: { 204: NOTHING },
      },
    },
    async ({ caller, params, headers }, reply) => {
      await trashFile(ports, caller, { ...params, revision: readIfMatch(headers["if-match"]) })
      return reply.code(204).send(null)
    },
  )
  app.post(
    "/api/v1/files/:id/restore",
    {
      schema: {
        operationId: "restoreFile",
        tags: ["archive"],
        summary: "Take a file out of the trash",
        params: ID_PARAMS,
        response: { 200: FILE },
      },
    },
    ({ caller, params }) => restoreFile(ports, caller, params.id),
  )
  app.get(
    "/api/v1/projects/:id/trash/places",
    {
      schema: {
        operationId: "listTrashedPlaces",
        tags: ["archive"],
        summary: "Places of a project that lie in the trash, each standing for all in it",
        params: ID_PARAMS,
        querystring: PAGE_QUERY,
        response: { 200: listOf(PLACE) },
      },
    },
    ({ caller, params, query }) => listTrashedPlaces(ports, caller, { ...query, project: params.id }),
  )
  app.get(
    "/api/v1/projects/:id/trash/files",
    {
      schema: {
        operationId: "listTrashedFiles",
        tags: ["archive"],
        summary: "Files of a project that were put into the trash by themselves",
        params: ID_PARAMS,
        querystring: PAGE_QUERY,
        response: { 200: listOf(FILE) },
      },
    },
    ({ caller, params, query }) => listTrashedFiles(ports, caller, { ...query, project: params.id }),
  )
}
