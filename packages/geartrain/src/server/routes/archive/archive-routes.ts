import type { ArchivePorts } from "../../archive/archive-ports.ts"
import type { ApiApp } from "../../http/api-app.ts"
import { analysisRoutes } from "./analysis-routes.ts"
import { checkRoutes } from "./check-routes.ts"
import { collectionRoutes } from "./collection-routes.ts"
import { contentRoutes } from "./content-routes.ts"
import { fileRoutes } from "./file-routes.ts"
import { groupRoutes } from "./group-routes.ts"
import { placeRoutes } from "./place-routes.ts"
import { trashRoutes } from "./trash-routes.ts"
import { uploadRoutes } from "./upload-routes.ts"

/** Groups, places, files, uploads, downloads, the trash, analyses and collections. */
export function archiveRoutes(app: ApiApp, ports: ArchivePorts): void {
  for (const routes of [
    groupRoutes,
    placeRoutes,
    fileRoutes,
    contentRoutes,
    uploadRoutes,
    trashRoutes,
    analysisRoutes,
    collectionRoutes,
    checkRoutes,
  ])
    routes(app, ports)
}
