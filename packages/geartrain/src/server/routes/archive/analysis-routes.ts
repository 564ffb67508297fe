import { z } from "zod"
import type { ArchivePorts } from "../../archive/archive-ports.ts"
import { addNote, createAnalysis, getAnalysis } from "../../archive/places/analyses.ts"
import type { ApiApp } from "../../http/api-app.ts"
import { etagOf } from "../../http/etag.ts"
import { ID, JSON_OBJECT, WHOLE } from "../../http/json-words.ts"
import { ID_PARAMS, NAME, PLACE_WITH_PATH, TAGS } from "./archive-words.ts"

const LONG_TEXT = z
  .string()
  .min(1)
  .max(10_000)
  .regex(/^[^\0]*$/)

const ANALYSIS = PLACE_WITH_PATH.extend({
  inputs: z
    .array(z.object({ file: ID, version: WHOLE, name: z.string(), place: ID, digest: z.string() }))
    .readonly()
    .describe("Files that it was made of, as they were then"),
  job: z.string().optional().describe("That puts its files out; absent: they are uploaded"),
  notes: z.array(z.object({ text: z.string(), byUser: z.string(), atMs: WHOLE })).readonly(),
})

/** What an analysis has beyond its place. */
export function analysisRoutes(app: ApiApp, ports: ArchivePorts): void {
  app.post(
    "/api/v1/analyses",
    {
      schema: {
        operationId: "createAnalysis",
        tags: ["archive"],
        summary: "Make an analysis, whose files are uploaded to it afterwards",
        body: z.object({
          parent: ID.describe("A project, subject, session or acquisition"),
          label: NAME,
          description: LONG_TEXT.optional(),
          inputs: z.array(ID).max(10_000).readonly().optional(),
          tags: TAGS.optional(),
          info: JSON_OBJECT.optional(),
        }),
        response: { 201: ANALYSIS },
      },
    },
    async ({ caller, body }, reply) => {
      const analysis = await createAnalysis(ports, caller, body)
      return reply.code(201).header("etag", etagOf(analysis.revision)).send(analysis)
    },
  )
  app.get(
    "/api/v1/analyses/:id",
    {
      schema: {
        operationId: "getAnalysis",
        tags: ["archive"],
        summary: "An analysis with its inputs and notes",
        params: ID_PARAMS,
        response: { 200: ANALYSIS },
      },
    },
    async ({ caller, params }, reply) => {
      const analysis = await getAnalysis(ports, caller, params.id)
      return reply.header("etag", etagOf(analysis.revision)).send(analysis)
    },
  )
  app.post(
    "/api/v1/analyses/:id/notes",
    {
      schema: {
        operationId: "addNote",
        tags: ["archive"],
        summary: "Add a note, which stays as it was written",
        params: ID_PARAMS,
        body: z.object({ text: LONG_TEXT }),
        response: { 201: ANALYSIS },
      },
    },
    async ({ caller, params, body }, reply) =>
      reply.code(201).send(await addNote(ports, caller, { ...params, ...body })),
  )
}
