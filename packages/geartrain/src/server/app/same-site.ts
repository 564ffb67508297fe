import { GeartrainError } from "@geartrain/spec"
import type { FastifyRequest } from "../http/api-app.ts"
import { CSRF_HEADER } from "../people/sessions/session-cookie.ts"
import type { AppSettings } from "./app-settings.ts"

/** Methods that change nothing. @see RFC 9110, 9.2.1 */
const SAFE = ["GET", "HEAD", "OPTIONS"]

/**
 * Refuses what another site may have made a browser send, with the cookie that the browser adds by itself.
 *
 * Browsers say where a request comes from, in headers that no page can set. Where none of them is there, a header of our own shows that it was
 * not a form on a page.
 *
 * @throws {GeartrainError} CSRF_REFUSED
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
 */
export function refuseOtherSites(request: FastifyRequest, settings: AppSettings): void {
  if (SAFE.includes(request.method) || isOurs(request, settings)) return
  throw new GeartrainError(
    "CSRF_REFUSED",
    "Cannot do this: the request does not show that a page of this server sent it",
    {
      hint: `Send the header ${CSRF_HEADER}: 1, or use an API key instead of a session`,
    },
  )
}

function isOurs(request: FastifyRequest, settings: AppSettings): boolean {
  const { origin } = request.headers
  const site = request.headers["sec-fetch-site"]
  if (origin !== undefined && (settings.corsOrigins ?? []).includes(origin)) return true
  if (site !== undefined) return site === "same-origin"
  if (origin !== undefined) return origin === ownOrigin(request, settings)
  return request.headers[CSRF_HEADER] !== undefined
}

function ownOrigin(request: FastifyRequest, settings: AppSettings): string {
  return settings.publicUrl === undefined ? `${request.protocol}://${request.host}` : new URL(settings.publicUrl).origin
}
