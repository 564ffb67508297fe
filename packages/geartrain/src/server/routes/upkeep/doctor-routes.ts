import { z } from "zod"
import type { ApiApp } from "../../http/api-app.ts"
import type { Access } from "../../people/access.ts"
import { type DoctorPorts, serverFindings } from "../../upkeep/doctor/server-findings.ts"

const FINDING = z.object({
  check: z.string(),
  state: z.enum(["good", "poor", "bad"]),
  says: z.string(),
  fix: z.string().optional(),
})

/** What an admin looks at first when something is wrong. */
export function doctorRoutes(app: ApiApp, ports: DoctorPorts & { readonly access: Access }): void {
  app.get(
    "/api/v1/doctor",
    {
      schema: {
        operationId: "getDoctor",
        tags: ["server"],
        summary: "Looks at all that the server needs, and tells what to do; for admins of the site",
        response: { 200: z.object({ findings: z.array(FINDING) }) },
      },
    },
    async ({ caller }) => {
      await ports.access.needSiteAdminInTrouble(caller, "server.doctor")
      return { findings: [...(await serverFindings(ports))] }
    },
  )
}
