import { Readable } from "node:stream"
import { deriveInvocationSchema } from "@geartrain/spec"
import { z } from "zod"
import type { ApiApp } from "../../http/api-app.ts"
import { etagOf, readIfMatch } from "../../http/etag.ts"
import { DIGEST, JSON_OBJECT, SHORT_TEXT, WHOLE } from "../../http/json-words.ts"
import { PAGE_QUERY, pageOf } from "../../http/page.ts"
import { findGear } from "../../queue/gears/find-gear.ts"
import type { GearEntry } from "../../queue/gears/gear-entry.ts"
import { listGears } from "../../queue/gears/list-gears.ts"
import { registerGear } from "../../queue/gears/register-gear.ts"
import { storeImage } from "../../queue/gears/store-image.ts"
import { switchGear } from "../../queue/gears/switch-gear.ts"
import type { QueuePorts } from "../../queue/queue-ports.ts"
import { streamOf } from "../runners/read-body.ts"

const GEAR = z.object({
  id: DIGEST,
  name: z.string(),
  version: z.string(),
  label: z.string(),
  category: z.string(),
  manifest: JSON_OBJECT,
  platform: z.string(),
  tree: z.string(),
  image: z.object({ digest: DIGEST, sizeBytes: WHOLE }),
  state: z.enum(["enabled", "disabled"]),
  isNewest: z.boolean(),
  revision: WHOLE,
  createdMs: WHOLE,
  createdBy: z.string(),
})

const REFERENCE = z.object({ gear: z.string().min(1).max(300).describe("Id, name, or name@version") })
const TRUTH = z.enum(["true", "false"]).transform((text) => text === "true")
const tags = ["gears"]

/** Gears that jobs can be started with. */
export function gearRoutes(app: ApiApp, ports: QueuePorts): void {
  const { read } = ports.database
  app.get(
    "/api/v1/gears",
    {
      schema: {
        operationId: "listGears",
        tags,
        summary: "Gears by name: the newest of each, or all versions",
        querystring: PAGE_QUERY.extend({
          name: SHORT_TEXT.optional(),
          category: SHORT_TEXT.optional(),
          allVersions: TRUTH.optional(),
          disabledToo: TRUTH.optional(),
        }),
        response: { 200: pageOf(GEAR) },
      },
    },
    async ({ query }) => {
      const { limit, cursor, name, category, allVersions, disabledToo } = query
      const filter = {
        ...(name === undefined ? {} : { name }),
        ...(category === undefined ? {} : { category }),
        allVersions: allVersions ?? false,
        disabledToo: disabledToo ?? false,
      }
      const page = await listGears(ports, { filter, page: { limit, ...(cursor === undefined ? {} : { cursor }) } })
      return { ...page, items: [...page.items] }
    },
  )
  app.put(
    "/api/v1/gears/images/:digest",
    {
      config: { streamed: true },
      schema: {
        operationId: "putGearImage",
        tags,
        summary: "Store the image of a gear, as gear export packs it, before it is registered",
        params: z.object({ digest: DIGEST }),
        response: { 201: z.object({ digest: DIGEST, sizeBytes: WHOLE }) },
      },
    },
    async (request, reply) => {
      const { digest } = request.params
      const stored = await storeImage(ports, request.caller, { digest, bytes: streamOf(request.body) })
      return reply.code(201).send(stored)
    },
  )
  app.post(
    "/api/v1/gears",
    {
      schema: {
        operationId: "registerGear",
        tags,
        summary: "Make a gear of an image that is stored; the server finds out itself which gear it is",
        body: z.object({ image: DIGEST, category: SHORT_TEXT.exactOptional() }),
        response: { 201: GEAR },
      },
    },
    async (request, reply) => {
      const gear = await registerGear(ports, request.caller, request.body)
      return reply.code(201).header("etag", etagOf(gear.revision)).send(gear)
    },
  )
  app.get(
    "/api/v1/gears/:gear",
    { schema: { operationId: "getGear", tags, summary: "One gear", params: REFERENCE, response: { 200: GEAR } } },
    async (request, reply) => {
      const gear = await findGear(read, request.params.gear)
      return reply.header("etag", etagOf(gear.revision)).send(gear)
    },
  )
  app.patch(
    "/api/v1/gears/:gear",
    {
      schema: {
        operationId: "switchGear",
        tags,
        summary: "Enable or disable a gear",
        params: REFERENCE,
        body: z.object({ state: z.enum(["enabled", "disabled"]) }),
        response: { 200: GEAR },
      },
    },
    async (request, reply) => {
      const revision = readIfMatch(request.headers["if-match"])
      const gear = await switchGear(ports, request.caller, { ...request.params, ...request.body, revision })
      return reply.header("etag", etagOf(gear.revision)).send(gear)
    },
  )
  app.get(
    "/api/v1/gears/:gear/invocation-schema",
    {
      schema: {
        operationId: "getInvocationSchema",
        tags,
        summary: "What config and inputs of the gear have to be, as JSON Schema draft 4",
        params: REFERENCE,
        response: { 200: JSON_OBJECT },
      },
    },
    async ({ params }) => deriveInvocationSchema((await findGear(read, params.gear)).manifest),
  )
  app.get(
    "/api/v1/gears/:gear/image",
    { schema: { operationId: "getGearImage", tags, summary: "The gear's image, to be imported", params: REFERENCE } },
    async (request, reply) => {
      const gear: GearEntry = await findGear(read, request.params.gear)
      const { digest, sizeBytes } = gear.image
      void reply.header("content-type", "application/octet-stream").header("content-length", sizeBytes)
      return reply.header("etag", `"${digest}"`).send(Readable.from(ports.blobs.get(digest), { objectMode: false }))
    },
  )
}
