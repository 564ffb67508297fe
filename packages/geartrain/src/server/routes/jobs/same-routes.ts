import type { ApiApp } from "../../http/api-app.ts"
import { findStandingJobs } from "../../queue/jobs/find-standing-jobs.ts"
import type { QueuePorts } from "../../queue/queue-ports.ts"
import { SAME_JOBS, SAME_QUERY } from "./job-schemas.ts"

/** What was done already, by content. */
export function sameRoutes(app: ApiApp, ports: QueuePorts): void {
  app.post(
    "/api/v1/jobs/same",
    {
      schema: {
        operationId: "findSameJobs",
        tags: ["jobs"],
        summary:
          "Of each invocation, the latest job by content that did it, that you may see, and whose outputs are all stored",
        body: SAME_QUERY,
        response: { 200: SAME_JOBS },
      },
    },
    async ({ caller, body }) => findStandingJobs(ports, caller, body),
  )
}
