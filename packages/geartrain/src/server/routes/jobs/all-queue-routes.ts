import type { ApiApp } from "../../http/api-app.ts"
import type { QueuePorts } from "../../queue/queue-ports.ts"
import { eventRoutes } from "../events/event-routes.ts"
import { gearRoutes } from "../gears/gear-routes.ts"
import { blobRoutes } from "../runners/blob-routes.ts"
import { fleetRoutes } from "../runners/fleet-routes.ts"
import { runnerRoutes } from "../runners/runner-routes.ts"
import { jobRoutes } from "./job-routes.ts"
import { logRoutes } from "./log-routes.ts"
import { outputRoutes } from "./output-routes.ts"
import { queueRoutes } from "./queue-routes.ts"
import { sameRoutes } from "./same-routes.ts"

/** Gears, jobs, the queue, runners, and what happens to them. */
export function allQueueRoutes(app: ApiApp, ports: QueuePorts): void {
  gearRoutes(app, ports)
  jobRoutes(app, ports)
  sameRoutes(app, ports)
  logRoutes(app, ports)
  outputRoutes(app, ports)
  queueRoutes(app, ports)
  runnerRoutes(app, ports)
  fleetRoutes(app, ports)
  blobRoutes(app, ports)
  eventRoutes(app, ports)
}
