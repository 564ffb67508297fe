import { GeartrainError } from "@geartrain/spec"
import type { ApiApp, FastifyRequest } from "../http/api-app.ts"
import { checkJsonText } from "../http/check-json-text.ts"
import type { AppLimits } from "./app-settings.ts"

/**
 * What bodies are taken: JSON, and streams of bytes where a route asks for them. A body of JSON has to arrive in time; a stream may take as
 * long as it moves.
 */
export function addBodies(app: ApiApp, limits: AppLimits): void {
  app.removeContentTypeParser("text/plain")
  // Fastify's own: it refuses members that would change what objects are.
  const readJson = app.getDefaultJsonParser("error", "error")
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    // Many clients name a type also where they send nothing.
    if (body === "") {
      done(null, undefined)
      return
    }
    try {
      checkJsonText(String(body))
    } catch (error) {
      done(error as Error)
      return
    }
    void readJson(request, String(body), done)
  })
  app.addHook("onRequest", async (request) => {
    if (/%00/.test(request.url)) {
      throw new GeartrainError("REQUEST_INVALID", "Cannot read the address: it has a character 0 in it")
    }
  })
  app.addContentTypeParser("application/octet-stream", async (request: FastifyRequest, payload: unknown) => {
    if (request.routeOptions.config.streamed === true) return payload
    throw new GeartrainError(
      "MEDIA_TYPE_UNSUPPORTED",
      "Cannot read the body: this route takes JSON, and no stream of bytes",
      {
        hint: "Send it as application/json",
      },
    )
  })
  const timers = new WeakMap<FastifyRequest, NodeJS.Timeout>()
  const clear = async (request: FastifyRequest): Promise<void> => clearTimeout(timers.get(request))
  app.addHook("preParsing", async (request, reply, payload) => {
    if (request.routeOptions.config.streamed === true) return payload
    const bodyMs = request.routeOptions.config.bodyMs ?? limits.bodyMs
    const timer = setTimeout(() => {
      const late = new GeartrainError(
        "REQUEST_TIMED_OUT",
        `Cannot read the body: it did not arrive within ${bodyMs} ms`,
      )
      void reply.header("connection", "close").send(late)
    }, bodyMs)
    timers.set(request, timer)
    return payload
  })
  app.addHook("preValidation", clear)
  app.addHook("onResponse", clear)
  app.addHook("onRequestAbort", clear)
}
