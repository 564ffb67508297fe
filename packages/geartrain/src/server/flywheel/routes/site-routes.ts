import { z } from "zod"
import type { ApiApp } from "../../http/api-app.ts"
import { readUser } from "../../people/accounts/read-user.ts"
import type { FlywheelPorts } from "../flywheel-ports.ts"
import { timeOf } from "../shapes/words.ts"

/** Version of the core whose interface these paths are. */
const CORE_VERSION = 10

/** Who asks, and what they ask. */
export function siteRoutes(app: ApiApp, ports: FlywheelPorts): void {
  const { version, publicUrl } = ports.settings
  app.get("/api/version", { config: { open: true } }, async () => ({
    database: CORE_VERSION,
    release: version,
    server: "geartrain",
  }))
  app.get("/api/config", { config: { open: true } }, async (request) => {
    const url = publicUrl ?? `${request.protocol}://${request.host}`
    return {
      site: { name: "Geartrain", id: "geartrain", api_url: `${url}/api`, central_url: url },
      // What is not there is said not to be, so that clients do without.
      features: { signed_url: false, multipart_signed_url: false, job_tickets: false, legacy_routes: false },
    }
  })
  app.get("/api/users/self", {}, async ({ caller }) => userShape(await readUser(ports, caller, caller.user)))
  app.get("/api/users/:id", { schema: { params: z.object({ id: z.string().max(300) }) } }, async (request) =>
    userShape(await readUser(ports, request.caller, request.params.id)),
  )
}

type User = Awaited<ReturnType<typeof readUser>>

function userShape(user: User): object {
  const [firstname = "", ...rest] = user.name.split(" ")
  return {
    _id: user.id,
    email: user.email ?? null,
    firstname,
    lastname: rest.join(" "),
    login: user.login,
    root: user.siteAdmin,
    roles: [user.siteAdmin ? "site_admin" : "user"],
    disabled: user.disabled,
    created: timeOf(user.createdMs),
    modified: timeOf(user.modifiedMs),
  }
}
