import { z } from "zod"
import type { Database } from "../../database/database.ts"
import type { ApiApp } from "../../http/api-app.ts"
import type { Access } from "../../people/access.ts"
import { serverMetrics } from "../../upkeep/metrics/server-metrics.ts"

export interface MetricsPorts {
  readonly database: Database
  readonly access: Access
  readonly now: () => number
  readonly settings: { readonly openMetrics?: boolean }
}

/** Measures every request from here on, and tells a monitoring system. */
export function metricsRoutes(app: ApiApp, ports: MetricsPorts): void {
  const metrics = serverMetrics(ports.database, ports.now)
  app.addHook("onResponse", async (request, reply) => {
    metrics.answered({
      method: request.method,
      route: request.routeOptions.url ?? "none",
      status: reply.statusCode,
      ms: reply.elapsedTime,
    })
  })
  const open = ports.settings.openMetrics === true
  app.get(
    "/api/v1/metrics",
    {
      config: { open },
      schema: {
        operationId: "getMetrics",
        tags: ["server"],
        summary:
          "Requests, jobs, runners and the process, in Prometheus' text format; for admins, unless the settings open it",
        response: { 200: z.string() },
      },
    },
    async ({ caller }, reply) => {
      if (!open) await ports.access.needSiteAdmin(caller, "server.metrics")
      return reply.type(metrics.contentType).send(await metrics.text())
    },
  )
}
