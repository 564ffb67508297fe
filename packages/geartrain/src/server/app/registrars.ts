import { flywheelRoutes } from "../flywheel/flywheel-routes.ts"
import type { ApiApp } from "../http/api-app.ts"
import { archiveRoutes } from "../routes/archive/archive-routes.ts"
import { batchRoutes } from "../routes/batches/batch-routes.ts"
import { allQueueRoutes } from "../routes/jobs/all-queue-routes.ts"
import { peopleRoutes } from "../routes/people/people-routes.ts"
import { ruleRoutes } from "../routes/rules/rule-routes.ts"
import { upkeepRoutes } from "../routes/upkeep/upkeep-routes.ts"
import type { AppPorts } from "./app-ports.ts"

/** What adds a room's routes, each with what it needs of the ports. */
export const REGISTRARS: readonly ((app: ApiApp, ports: AppPorts) => void)[] = [
  upkeepRoutes,
  peopleRoutes,
  archiveRoutes,
  allQueueRoutes,
  flywheelRoutes,
  ruleRoutes,
  batchRoutes,
]
