import type { ApiApp } from "../../http/api-app.ts"
import type { PeoplePorts } from "../../people/people-ports.ts"
import { auditRoutes } from "./audit-routes.ts"
import { keyRoutes } from "./key-routes.ts"
import { meRoutes } from "./me-routes.ts"
import { memberRoutes } from "./member-routes.ts"
import { oidcRoutes } from "./oidc-routes.ts"
import { runnerTokenRoutes } from "./runner-token-routes.ts"
import { sessionRoutes } from "./session-routes.ts"
import { userRoutes } from "./user-routes.ts"

/** Accounts, logging in, keys and tokens, rights, and the audit. */
export function peopleRoutes(app: ApiApp, ports: PeoplePorts): void {
  sessionRoutes(app, ports)
  oidcRoutes(app, ports)
  meRoutes(app, ports)
  userRoutes(app, ports)
  keyRoutes(app, ports)
  runnerTokenRoutes(app, ports)
  memberRoutes(app, ports)
  auditRoutes(app, ports)
}
