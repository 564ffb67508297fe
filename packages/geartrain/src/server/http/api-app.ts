import type { IncomingMessage, ServerResponse } from "node:http"
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest, RawServerDefault } from "fastify"
import type { ZodTypeProvider } from "fastify-type-provider-zod"
import type { Caller } from "../people/caller.ts"

/** The web application that routes are added to, with bodies, queries and answers described by zod. */
export type ApiApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>

declare module "fastify" {
  interface FastifyInstance {
    /** Aborted when the application is to close: what would go on for ever ends then, and its client comes back elsewhere. */
    closing: AbortSignal
  }
  interface FastifyRequest {
    /** Who asks. Set before any handler runs; a route that anybody may call says so in `config.open`. */
    caller: Caller
  }
  interface FastifyContextConfig {
    /** Anybody may call it, without showing who they are. */
    open?: boolean
    /** Requests a minute from one caller, where that differs from the server's own limit. */
    perMinute?: number
    /** For its body to arrive, where that differs from the server's own limit: for what may be large on a slow line. */
    bodyMs?: number
    /** Its body is a stream of bytes (`application/octet-stream`), of any length, which the route reads itself. */
    streamed?: boolean
  }
}

export type { FastifyReply, FastifyRequest }
