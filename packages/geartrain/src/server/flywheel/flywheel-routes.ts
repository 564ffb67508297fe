import fastifyMultipart from "@fastify/multipart"
import type { ApiApp } from "../http/api-app.ts"
import { sayAsFlywheel } from "./flywheel-error.ts"
import type { FlywheelPorts } from "./flywheel-ports.ts"
import { analysisRoutes } from "./routes/analysis-routes.ts"
import { batchRoutes } from "./routes/batch-routes.ts"
import { containerRoutes } from "./routes/container-routes.ts"
import { fileRoutes } from "./routes/file-routes.ts"
import { gearRoutes } from "./routes/gear-routes.ts"
import { jobRoutes } from "./routes/job-routes.ts"
import { lookupRoutes } from "./routes/lookup-routes.ts"
import { ruleRoutes } from "./routes/rule-routes.ts"
import { siteRoutes } from "./routes/site-routes.ts"

/**
 * Flywheel's own paths under `/api`, for gears with an API-key input and for scripts that were written for it. They say what the routes under
 * `/api/v1` say, in other words; errors are `{status_code, message, code}`.
 *
 * @see docs/guide/flywheel-scripts.md
 */
export function flywheelRoutes(app: ApiApp, ports: FlywheelPorts): void {
  void app.register((scope: ApiApp, _options: object, done: () => void) => {
    // Sizes are the archive's to bound, which has quotas; forms have few fields beside the file.
    void scope.register(fastifyMultipart, {
      limits: { fileSize: Number.MAX_SAFE_INTEGER, files: 1, fields: 10, parts: 11, fieldSize: 1024 ** 2 },
    })
    scope.addHook("preSerialization", sayAsFlywheel)
    for (const routes of [
      siteRoutes,
      lookupRoutes,
      containerRoutes,
      fileRoutes,
      gearRoutes,
      jobRoutes,
      analysisRoutes,
      batchRoutes,
      ruleRoutes,
    ])
      routes(scope, ports)
    done()
  })
}
