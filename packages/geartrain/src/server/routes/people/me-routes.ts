import { z } from "zod"
import type { ApiApp } from "../../http/api-app.ts"
import { ID } from "../../http/json-words.ts"
import { findUser } from "../../people/accounts/user.ts"
import type { PeoplePorts } from "../../people/people-ports.ts"
import { SCOPE, USER } from "./people-words.ts"

/** Who asks, as the server sees them. */
export function meRoutes(app: ApiApp, ports: PeoplePorts): void {
  app.get(
    "/api/v1/me",
    {
      schema: {
        operationId: "getMe",
        tags: ["people"],
        summary: "Who asks, by what they show, and what it is held to",
        response: {
          200: z.object({
            kind: z.enum(["person", "job", "runner", "system"]),
            user: USER.optional().describe("Absent for runners"),
            method: z.enum(["session", "key", "job-token", "runner-token", "none"]),
            scopes: z.array(SCOPE).optional().describe("Absent: all that the user may"),
            job: ID.optional(),
          }),
        },
      },
    },
    async ({ caller }) => ({
      kind: caller.kind,
      user: caller.kind === "runner" ? undefined : await findUser(ports.database.read, caller.user),
      method: caller.by.method,
      scopes: caller.scopes === undefined ? undefined : [...caller.scopes],
      job: caller.job,
    }),
  )
}
