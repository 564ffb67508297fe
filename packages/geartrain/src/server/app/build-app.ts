import fastifyCookie from "@fastify/cookie"
import fastifyCors from "@fastify/cors"
import fastifyHelmet from "@fastify/helmet"
import fastifyRateLimit from "@fastify/rate-limit"
import fastify, { LogController } from "fastify"
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod"
import { makeId } from "../database/make-id.ts"
import type { ApiApp } from "../http/api-app.ts"
import type { AppPorts } from "./app-ports.ts"
import { type AppSettings, DEFAULT_LIMITS, isHttps } from "./app-settings.ts"
import { addBodies } from "./bodies.ts"
import { addCallers } from "./callers.ts"
import { addErrors, answerBadConnection, problemHandler } from "./errors.ts"
import { healthRoutes } from "./health-routes.ts"
import { logOf } from "./log-of.ts"
import { addOpenApi } from "./open-api.ts"
import { REGISTRARS } from "./registrars.ts"
import { traceRequests } from "./trace-requests.ts"

/** Of all headers of a request together. */
const MOST_HEADER_BYTES = 16 * 1024
/** For headers to arrive. */
const HEADERS_MS = 15_000
/** Names of files are longer than fastify's own limit. */
const MOST_PARAM_LENGTH = 1024

/**
 * Builds the web application with all its routes: who asks is found out, limits are held and errors are problems before and after any of them
 * runs. It listens nowhere yet.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html for its headers and checks
 */
export async function buildApp(ports: AppPorts): Promise<ApiApp> {
  const { settings } = ports
  const limits = { ...DEFAULT_LIMITS, ...settings.limits }
  const app: ApiApp = fastify({
    logger: logOf(settings),
    // Only errors and slow requests are worth a line each; the rest is in the metrics.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: limits.bodyBytes,
    connectionTimeout: limits.idleMs,
    http: { maxHeaderSize: MOST_HEADER_BYTES, headersTimeout: HEADERS_MS, requestTimeout: 0 },
    routerOptions: { maxParamLength: MOST_PARAM_LENGTH },
    trustProxy: settings.trustedProxies === undefined ? false : [...settings.trustedProxies],
    // An id that a client sends could be another request's.
    requestIdHeader: false,
    genReqId: makeId,
    onProtoPoisoning: "error",
    onConstructorPoisoning: "error",
    exposeHeadRoutes: false,
    frameworkErrors: problemHandler,
    clientErrorHandler: answerBadConnection,
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  traceRequests(app)
  addErrors(app)
  addBodies(app, limits)
  await addOpenApi(app, settings)
  await addHeaders(app, settings)
  await app.register(fastifyRateLimit, { global: false, cache: 20_000 })
  addCallers(app, ports, limits)
  healthRoutes(app, ports)
  for (const register of REGISTRARS) register(app, ports)
  await app.ready()
  return app
}

async function addHeaders(app: ApiApp, settings: AppSettings): Promise<void> {
  await app.register(fastifyCookie, {
    // No page reads them, and no other site makes a browser send them with a change; but the browser that an issuer of identities sends back does.
    parseOptions: { httpOnly: true, sameSite: "lax", secure: isHttps(settings) },
  })
  await app.register(fastifyHelmet, {
    // The API answers data, and nothing that a browser should run or show in a frame.
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    strictTransportSecurity: isHttps(settings) ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: "no-referrer" },
    xFrameOptions: { action: "deny" },
    crossOriginResourcePolicy: { policy: "same-origin" },
  })
  if (settings.corsOrigins !== undefined && settings.corsOrigins.length > 0) {
    await app.register(fastifyCors, {
      origin: [...settings.corsOrigins],
      credentials: true,
      methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
      exposedHeaders: ["etag", "x-request-id", "retry-after", "content-disposition"],
      maxAge: 600,
    })
  }
  const closing = new AbortController()
  app.decorate("closing", closing.signal)
  app.addHook("preClose", async () => closing.abort())
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id)
  })
  app.addHook("onSend", async (_request, reply) => {
    // Data of people does not belong into caches; a route whose answer never changes says so itself.
    if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store")
  })
}
