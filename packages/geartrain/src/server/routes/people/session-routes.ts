import { z } from "zod"
import type { ApiApp, FastifyReply } from "../../http/api-app.ts"
import { ID, WHOLE } from "../../http/json-words.ts"
import type { PeoplePorts } from "../../people/people-ports.ts"
import { logIn } from "../../people/sessions/log-in.ts"
import { SESSION_COOKIE } from "../../people/sessions/session-cookie.ts"
import { listSessions, logOut } from "../../people/sessions/sessions.ts"
import { LOGIN, NOTHING, PASSWORD } from "./people-words.ts"

const STARTED = z.object({ user: ID, expiresMs: WHOLE })

const SESSION = z.object({
  id: ID,
  createdMs: WHOLE,
  seenMs: WHOLE,
  expiresMs: WHOLE,
  method: z.enum(["password", "oidc"]),
  address: z.string().optional(),
  present: z.boolean().describe("It is the one that asks"),
})

/** Logging in and out. */
export function sessionRoutes(app: ApiApp, ports: PeoplePorts): void {
  app.get(
    "/api/v1/login",
    {
      config: { open: true },
      schema: {
        operationId: "getLoginWays",
        tags: ["people"],
        summary: "In which ways one can log in here",
        response: {
          200: z.object({ password: z.literal(true), oidc: z.object({ label: z.string() }).optional() }),
        },
      },
    },
    async () => ({
      password: true as const,
      ...(ports.oidc === undefined ? {} : { oidc: { label: ports.oidc.settings.label } }),
    }),
  )
  app.post(
    "/api/v1/login",
    {
      config: { open: true },
      schema: {
        operationId: "logIn",
        tags: ["people"],
        summary: "Start a session, in a cookie",
        body: z.object({ login: LOGIN, password: PASSWORD }),
        response: { 200: STARTED },
      },
    },
    async (request, reply) => {
      const { token, ...session } = await logIn(ports, { ...request.body, address: request.ip })
      setSessionCookie(reply, { token, expiresMs: session.expiresMs })
      return session
    },
  )
  app.post(
    "/api/v1/logout",
    {
      schema: {
        operationId: "logOut",
        tags: ["people"],
        summary: "End the session that asks, or all of the caller's",
        body: z.object({ everywhere: z.boolean().default(false) }).nullish(),
        response: { 204: NOTHING },
      },
    },
    async (request, reply) => {
      await logOut(ports, request.caller, { everywhere: request.body?.everywhere ?? false })
      return reply.clearCookie(SESSION_COOKIE, { path: "/" }).code(204).send(null)
    },
  )
  app.get(
    "/api/v1/me/sessions",
    {
      schema: {
        operationId: "listMySessions",
        tags: ["people"],
        summary: "The caller's sessions",
        response: { 200: z.object({ items: z.array(SESSION) }) },
      },
    },
    async (request) => ({ items: [...(await listSessions(ports, request.caller))] }),
  )
}

/** The cookie that browsers show from then on. */
export function setSessionCookie(
  reply: FastifyReply,
  session: { readonly token: string; readonly expiresMs: number },
): void {
  void reply.setCookie(SESSION_COOKIE, session.token, { path: "/", expires: new Date(session.expiresMs) })
}
