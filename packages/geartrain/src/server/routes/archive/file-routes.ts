import { z } from "zod"
import type { ArchivePorts } from "../../archive/archive-ports.ts"
import { changeFile } from "../../archive/files/change-file.ts"
import { getFile, getFileByName, listFiles, listVersions } from "../../archive/files/read-files.ts"
import type { ApiApp } from "../../http/api-app.ts"
import { etagOf, readIfMatch } from "../../http/etag.ts"
import { ID } from "../../http/json-words.ts"
import { PAGE_QUERY } from "../../http/page.ts"
import { FILE, FILTER, ID_PARAMS, listOf, NAME, PATCH, VERSION, WHOLE_FILE } from "./archive-words.ts"

const LISTED_FILE = FILE.extend({
  labels: z
    .array(z.string())
    .readonly()
    .optional()
    .describe(
      "Of the places below the one that was asked, down to that of the file; analyses before that of an analysis",
    ),
})

/** Files, what is known of them, and their versions. */
export function fileRoutes(app: ApiApp, ports: ArchivePorts): void {
  app.get(
    "/api/v1/places/:id/files",
    {
      schema: {
        operationId: "listFiles",
        tags: ["archive"],
        summary: "Files of a place, or of all below it too, without their info",
        params: ID_PARAMS,
        querystring: PAGE_QUERY.extend({
          ...FILTER.shape,
          below: z.stringbool().default(false).describe("Those of all places below, too"),
          labels: z.stringbool().default(false).describe("Each with the labels on the way to it"),
        }),
        response: { 200: listOf(LISTED_FILE) },
      },
    },
    ({ caller, params, query }) => listFiles(ports, caller, { ...query, place: params.id }),
  )
  app.get(
    "/api/v1/places/:id/files/:name",
    {
      schema: {
        operationId: "getFileByName",
        tags: ["archive"],
        summary: "What is known of a file, by its place and name",
        params: z.object({ id: ID, name: NAME }),
        response: { 200: WHOLE_FILE },
      },
    },
    async ({ caller, params }, reply) => {
      const file = await getFileByName(ports, caller, { place: params.id, name: params.name })
      return reply.header("etag", etagOf(file.revision)).send(file)
    },
  )
  app.get(
    "/api/v1/files/:id",
    {
      schema: {
        operationId: "getFile",
        tags: ["archive"],
        summary: "What is known of a file",
        params: ID_PARAMS,
        response: { 200: WHOLE_FILE },
      },
    },
    async ({ caller, params }, reply) => {
      const file = await getFile(ports, caller, params.id)
      return reply.header("etag", etagOf(file.revision)).send(file)
    },
  )
  app.patch(
    "/api/v1/files/:id",
    {
      schema: {
        operationId: "changeFile",
        tags: ["archive"],
        summary: "Change type, modality, classification, info and tags of a file",
        params: ID_PARAMS,
        body: PATCH,
        response: { 200: WHOLE_FILE },
      },
    },
    async ({ caller, params, body, headers }, reply) => {
      const revision = readIfMatch(headers["if-match"])
      const file = await changeFile(ports, caller, { ...params, patch: body, revision })
      return reply.header("etag", etagOf(file.revision)).send(file)
    },
  )
  app.get(
    "/api/v1/files/:id/versions",
    {
      schema: {
        operationId: "listVersions",
        tags: ["archive"],
        summary: "All versions of a file, the newest first",
        params: ID_PARAMS,
        querystring: PAGE_QUERY,
        response: { 200: listOf(VERSION) },
      },
    },
    ({ caller, params, query }) => listVersions(ports, caller, { ...query, file: params.id }),
  )
}
