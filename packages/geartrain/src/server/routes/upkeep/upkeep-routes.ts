import type { ApiApp } from "../../http/api-app.ts"
import type { DoctorPorts } from "../../upkeep/doctor/server-findings.ts"
import { doctorRoutes } from "./doctor-routes.ts"
import { type MetricsPorts, metricsRoutes } from "./metrics-routes.ts"
import { usageRoutes } from "./usage-routes.ts"

export interface UpkeepPorts extends MetricsPorts, Omit<DoctorPorts, "freeBytes" | "publicUrl"> {
  readonly freeBytes?: () => Promise<number>
  readonly settings: { readonly openMetrics?: boolean; readonly publicUrl?: string }
}

/** What those who look after a server ask of it. */
export function upkeepRoutes(app: ApiApp, ports: UpkeepPorts): void {
  metricsRoutes(app, ports)
  usageRoutes(app, ports)
  doctorRoutes(app, {
    ...ports,
    freeBytes: async () => ports.freeBytes?.(),
    publicUrl: ports.settings.publicUrl,
  })
}
