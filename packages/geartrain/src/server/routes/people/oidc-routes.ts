import { z } from "zod"
import type { ApiApp } from "../../http/api-app.ts"
import { finishOidc } from "../../people/oidc/finish-oidc.ts"
import { startOidc } from "../../people/oidc/start-oidc.ts"
import type { PeoplePorts } from "../../people/people-ports.ts"
import { setSessionCookie } from "./session-routes.ts"

/** Shows that who comes back is who was sent. */
const STATE_COOKIE = "gear_oidc"
const STATE_PATH = "/api/v1/oidc"
const STATE_SECONDS = 15 * 60

/** A path on this server, and nothing that a browser takes for another one. */
const LOCAL_PATH = z
  .string()
  .max(1000)
  .regex(/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/)

const SENT_ON = z.null().describe("Sent on to the address in `Location`")

/** Logging in at an issuer of OpenID Connect. */
export function oidcRoutes(app: ApiApp, ports: PeoplePorts): void {
  app.get(
    "/api/v1/oidc/start",
    {
      config: { open: true },
      schema: {
        operationId: "startOidc",
        tags: ["people"],
        summary: "Send the browser to log in elsewhere",
        querystring: z.object({ return: LOCAL_PATH.default("/").describe("Path to come back to") }),
        response: { 302: SENT_ON },
      },
    },
    async (request, reply) => {
      const { url, state } = await startOidc(ports, request.query.return)
      return reply.setCookie(STATE_COOKIE, state, { path: STATE_PATH, maxAge: STATE_SECONDS }).redirect(url)
    },
  )
  app.get(
    "/api/v1/oidc/callback",
    {
      config: { open: true },
      schema: {
        operationId: "finishOidc",
        tags: ["people"],
        summary: "Where the issuer sends the browser back to: starts a session",
        querystring: z.looseObject({ state: z.string().max(1000), code: z.string().max(4000).optional() }),
        response: { 302: SENT_ON },
      },
    },
    async (request, reply) => {
      const query = request.url.slice(request.url.indexOf("?"))
      const cookie = request.cookies[STATE_COOKIE]
      const { token, expiresMs, returnTo } = await finishOidc(ports, { query, cookie, address: request.ip })
      setSessionCookie(reply, { token, expiresMs })
      return reply.clearCookie(STATE_COOKIE, { path: STATE_PATH }).redirect(returnTo)
    },
  )
}
