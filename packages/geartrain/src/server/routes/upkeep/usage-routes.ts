import { z } from "zod"
import type { Database } from "../../database/database.ts"
import type { ApiApp } from "../../http/api-app.ts"
import { ID, WHOLE } from "../../http/json-words.ts"
import type { Access } from "../../people/access.ts"
import { readUsage } from "../../upkeep/usage/read-usage.ts"

const SUM = z.object({
  attempts: WHOLE,
  wallMs: z.number(),
  cpuMs: z.number(),
  askedCpuMs: z.number().describe("What it would have been, had every processor that was asked for been busy"),
  askedMemoryByteMs: z.number(),
  peakMemoryByteMs: z.number(),
  unmeasured: WHOLE.describe("Attempts that nobody could measure"),
})

const REPORT = z.object({
  fromMs: WHOLE,
  toMs: WHOLE,
  projects: z
    .array(
      SUM.extend({
        project: ID,
        label: z.string(),
        group: z.string(),
        storedBytes: z.number(),
        users: z.array(SUM.extend({ user: z.string() })).readonly(),
      }),
    )
    .readonly(),
})

/** What was used, by project and user. */
export function usageRoutes(
  app: ApiApp,
  ports: { readonly database: Database; readonly access: Access; readonly now: () => number },
): void {
  app.get(
    "/api/v1/usage",
    {
      schema: {
        operationId: "getUsage",
        tags: ["server"],
        summary:
          "Processor time, memory and bytes by project and user: of one project, or of all that the caller may read",
        querystring: z.object({
          fromMs: z.coerce.number().int().min(0).optional().describe("Default: 30 days before `toMs`"),
          toMs: z.coerce.number().int().min(0).optional().describe("Default: now"),
          project: ID.optional(),
        }),
        response: { 200: REPORT },
      },
    },
    async ({ caller, query }) => readUsage(ports, caller, query),
  )
}
