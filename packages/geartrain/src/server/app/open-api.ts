import fastifySwagger from "@fastify/swagger"
import type { FastifySchema, RouteOptions } from "fastify"
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from "fastify-type-provider-zod"
import { z } from "zod"
import type { ApiApp } from "../http/api-app.ts"
import { JSON_VALUE } from "../http/json-words.ts"
import { PROBLEM, PROBLEM_TYPE } from "../http/problem.ts"
import { SESSION_COOKIE } from "../people/sessions/session-cookie.ts"
import type { AppSettings } from "./app-settings.ts"

export const API_PREFIX = "/api/v1/"

/** Schemas that the document names once, and refers to. */
const NAMED = z.registry<{ id: string }>()
NAMED.add(PROBLEM, { id: "Problem" })
// It is part of itself, which only a name can say.
NAMED.add(JSON_VALUE, { id: "JsonValue" })

/**
 * Describes all routes in one document, made from what they check: OpenAPI 3.1 at `/api/v1/openapi.json`. Paths that are there for others'
 * programs, outside of `/api/v1`, are not in it.
 */
export async function addOpenApi(app: ApiApp, settings: AppSettings): Promise<void> {
  app.addHook("onRoute", describeRoute)
  await app.register(fastifySwagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Geartrain",
        version: settings.version,
        description: "Runs scientific algorithms as gears, and proves that the answer is the same again",
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      servers: [{ url: settings.publicUrl ?? "/" }],
      components: {
        securitySchemes: {
          token: { type: "http", scheme: "bearer", description: "An API key, or the token of a job or a runner" },
          session: {
            type: "apiKey",
            in: "cookie",
            name: SESSION_COOKIE,
            description: "What logging in gives a browser",
          },
        },
      },
      security: [{ token: [] }, { session: [] }],
    },
    transform: createJsonSchemaTransform({ schemaRegistry: NAMED }),
    transformObject: createJsonSchemaTransformObject({ schemaRegistry: NAMED }),
  })
  app.get("/api/v1/openapi.json", {
    config: { open: true },
    schema: { operationId: "getOpenApi", tags: ["server"], summary: "This document" },
    handler: async (_request, reply) => reply.header("cache-control", "public, max-age=60").send(app.swagger()),
  })
}

/** Adds to a route what all routes have: the errors that it can answer with, and that anybody may call it, if so. */
function describeRoute(route: RouteOptions): void {
  const schema: FastifySchema & { hide?: boolean } = route.schema ?? {}
  route.schema = schema
  if (!route.url.startsWith(API_PREFIX)) {
    schema.hide = true
    return
  }
  if (schema.hide === true) return
  if (schema.operationId === undefined || schema.tags === undefined || schema.summary === undefined) {
    throw new TypeError(`route ${route.method} ${route.url} needs an operationId, tags and a summary`)
  }
  const isOpen = route.config?.open === true
  if (isOpen) schema.security = []
  const given = (schema.response ?? {}) as Record<string, unknown>
  const errors = errorsOf(route, schema).filter((status) => !(status in given))
  schema.response = { ...given, ...Object.fromEntries(errors.map((status) => [status, problem(status)])) }
}

function errorsOf(route: RouteOptions, schema: FastifySchema): readonly string[] {
  const isOpen = route.config?.open === true
  const takesBody = schema.body !== undefined || route.config?.streamed === true
  const takesAnything = takesBody || schema.params !== undefined || schema.querystring !== undefined
  return [
    ...(takesAnything ? ["400"] : []),
    ...(isOpen ? [] : ["401", "403"]),
    ...(schema.params === undefined ? [] : ["404"]),
    ...(route.method === "GET" || route.method === "HEAD" ? [] : ["409"]),
    ...(takesBody ? ["413", "415"] : []),
    "429",
    "500",
    "503",
  ]
}

const MEANINGS: Readonly<Record<string, string>> = {
  "400": "The request is not as it should be",
  "401": "The server does not know who asks",
  "403": "The caller may not do this",
  "404": "There is nothing like this that the caller can see",
  "409": "It does not fit the present state",
  "413": "The body is too large",
  "415": "The body is of another media type",
  "429": "Too many requests",
  "500": "The server failed",
  "503": "The database or the store does not answer",
}

function problem(status: string): object {
  return { description: MEANINGS[status], content: { [PROBLEM_TYPE]: { schema: PROBLEM } } }
}
