import { GeartrainError } from "@geartrain/spec"
import type { ApiApp, FastifyRequest } from "../http/api-app.ts"
import type { AppLimits } from "./app-settings.ts"

/**
 * What bodies are taken: JSON, and streams of bytes where a route asks for them. A body of JSON has to arrive in time; a stream may take as
 * long as it moves.
 */
export function addBodies(app: ApiApp, limits: AppLimits): void {
  app.removeContentTypeParser("text/plain")
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
    const timer = setTimeout(() => {
      const late = new GeartrainError(
        "REQUEST_TIMED_OUT",
        `Cannot read the body: it did not arrive within ${limits.bodyMs} ms`,
      )
      void reply.header("connection", "close").send(late)
    }, limits.bodyMs)
    timers.set(request, timer)
    return payload
  })
  app.addHook("preValidation", clear)
  app.addHook("onResponse", clear)
  app.addHook("onRequestAbort", clear)
}
