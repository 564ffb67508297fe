import { z } from "zod"
import type { ApiApp } from "../../http/api-app.ts"
import { ID, WHOLE } from "../../http/json-words.ts"
import { PAGE_QUERY, pageOf } from "../../http/page.ts"
import { pageAfter, readNumberCursor } from "../../http/page-after.ts"
import { readAudit } from "../../people/audit/read-audit.ts"
import type { PeoplePorts } from "../../people/people-ports.ts"

const ENTRY = z.object({
  seq: WHOLE,
  atMs: WHOLE,
  user: z.string().optional(),
  action: z.string(),
  target: z.string().optional(),
  project: z.string().optional(),
  outcome: z.enum(["allowed", "refused"]),
  reason: z.string().optional().describe("Code of the error"),
  method: z.enum(["session", "key", "job-token", "runner-token", "none", "password", "oidc"]),
  shown: z.string().optional().describe("Id of the session, key or token"),
  job: z.string().optional(),
  address: z.string().optional(),
})

/** Who asked for what, and what the answer was. */
export function auditRoutes(app: ApiApp, ports: PeoplePorts): void {
  app.get(
    "/api/v1/audit",
    {
      schema: {
        operationId: "listAudit",
        tags: ["people"],
        summary: "What was asked for, the newest first: of a project by its admins, of all by an admin of the site",
        querystring: PAGE_QUERY.extend({ project: ID.optional(), user: ID.optional() }),
        response: { 200: pageOf(ENTRY) },
      },
    },
    async ({ caller, query: { limit, cursor, project, user } }) => {
      const before = readNumberCursor(cursor)
      const entries = await readAudit(ports, caller, { project, user, before, limit: limit + 1 })
      return pageAfter(entries, limit, ({ seq }) => [seq])
    },
  )
}
