import { GeartrainError } from "@geartrain/spec"
import type { ApiApp, FastifyRequest } from "../http/api-app.ts"
import type { Caller } from "../people/caller.ts"
import { SESSION_COOKIE } from "../people/sessions/session-cookie.ts"
import { authenticate } from "../people/tokens/authenticate.ts"
import type { AppPorts } from "./app-ports.ts"
import type { AppLimits } from "./app-settings.ts"
import { refuseOtherSites } from "./same-site.ts"

/** Nobody yet: whoever calls an open route without showing who they are. */
const NOBODY: Caller = { kind: "person", user: "", siteAdmin: false, scopes: [], by: { method: "none" } }

/** A runner asks for work, reports and stores for many jobs at once. */
const MACHINE_FACTOR = 10

/**
 * Finds out who asks before any route runs, and how often they have lately. Each server process counts for itself.
 *
 * Whoever shows something that does not hold is counted by address, so that keys cannot be guessed by trying.
 */
export function addCallers(app: ApiApp, ports: AppPorts, limits: AppLimits): void {
  const countAnonymous = app.createRateLimit({
    max: limits.anonymousPerMinute,
    timeWindow: "1 minute",
    keyGenerator: (request) => `from ${request.ip}`,
  })
  const countCaller = app.createRateLimit({
    max: (request) => request.routeOptions.config.perMinute ?? mostOf(request.caller, limits),
    timeWindow: "1 minute",
    keyGenerator: (request) => {
      const route = request.routeOptions.config.perMinute === undefined ? "" : request.routeOptions.url
      return `of ${request.caller.user} ${route}`
    },
  })
  app.decorateRequest("caller")
  app.addHook("onRequest", async (request) => {
    request.caller = { ...NOBODY, by: { method: "none", address: request.ip } }
    // Somebody who has tried too often is not even looked up.
    refuseTooMany(await countAnonymous(request, { increment: false }))
    const caller = await callerOf(request, ports).catch(async (error: unknown) => {
      refuseTooMany(await countAnonymous(request))
      throw error
    })
    if (caller === undefined) {
      refuseTooMany(await countAnonymous(request))
      if (request.routeOptions.config.open === true || request.is404) return
      throw new GeartrainError("NOT_AUTHENTICATED", "Cannot answer: the request does not show who asks", {
        hint: "Send Authorization: Bearer with an API key, or log in",
      })
    }
    request.caller = caller
    refuseTooMany(await countCaller(request))
    if (caller.by.method === "session") refuseOtherSites(request, ports.settings)
  })
}

function callerOf(request: FastifyRequest, ports: AppPorts): Promise<Caller | undefined> {
  return authenticate(ports, {
    authorization: request.headers.authorization,
    session: request.cookies[SESSION_COOKIE],
    address: request.ip,
  })
}

function mostOf(caller: Caller, limits: AppLimits): number {
  const isMachine = caller.kind === "runner" || caller.kind === "job"
  return limits.perCallerPerMinute * (isMachine ? MACHINE_FACTOR : 1)
}

type Count = Awaited<ReturnType<ReturnType<ApiApp["createRateLimit"]>>>

function refuseTooMany(count: Count): void {
  if (count.isAllowed || !count.isExceeded) return
  throw new GeartrainError("TOO_MANY_REQUESTS", `Cannot answer: more than ${count.max} requests within a minute`, {
    details: { retryAfterSeconds: count.ttlInSeconds },
    hint: `Try again in ${count.ttlInSeconds} seconds`,
  })
}
