import type { FastifyServerOptions } from "fastify"
import type { AppSettings } from "./app-settings.ts"

/** The log of a server: never a header, a query or a body, for those hold secrets and data. */
export function logOf(settings: AppSettings): NonNullable<FastifyServerOptions["logger"]> {
  const { log } = settings
  if (log === undefined) return false
  return {
    level: "info",
    stream: { write: log },
    base: null,
    serializers: {
      req: (request) => ({
        id: request.id,
        method: request.method,
        route: request.routeOptions?.url,
        from: request.ip,
      }),
      res: (reply) => ({ status: reply.statusCode }),
    },
  }
}
