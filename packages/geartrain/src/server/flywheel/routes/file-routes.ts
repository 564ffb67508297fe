import type { ArchivePorts } from "../../archive/archive-ports.ts"
import { filesOfPlaces } from "../../archive/files/files-of-places.ts"
import { needFile } from "../../archive/files/find-file.ts"
import { fileNotFound } from "../../archive/names/not-found.ts"
import { needPlace } from "../../archive/places/find-place.ts"
import type { ApiApp } from "../../http/api-app.ts"
import { etagOf } from "../../http/etag.ts"
import { fileShape } from "../shapes/file-shape.ts"
import { MOST_FILES } from "../shapes/place-shape.ts"
import { contentRoutes } from "./content-routes.ts"
import { fileWrites } from "./file-writes.ts"
import { needNamed } from "./need-named.ts"
import { CONTAINERS, FILE_PARAMS, ID_PARAMS, needContainer } from "./paths.ts"
import { uploadRoutes } from "./upload-routes.ts"

/** Files of places: what is known of them, their bytes, and changes of both. */
export function fileRoutes(app: ApiApp, ports: ArchivePorts): void {
  const { read } = ports.database
  for (const [word, type] of Object.entries(CONTAINERS)) {
    app.get(`/api/${word}/:id/files`, { schema: { params: ID_PARAMS } }, async ({ caller, params }, reply) => {
      const place = await needContainer(ports, caller, { ...params, type, right: "read", action: "file.list" })
      const files = await filesOfPlaces(read, { places: [place.id], withInfo: true, limit: MOST_FILES + 1 })
      if (files.length > MOST_FILES) reply.header("x-files-left-off", "true")
      return files.slice(0, MOST_FILES).map((file) => fileShape(file, place))
    })
    app.get(`/api/${word}/:id/files/:name/info`, { schema: { params: FILE_PARAMS } }, async (request, reply) => {
      const { file, place } = await needNamed(ports, request.caller, { ...request.params, type, right: "read" })
      return reply.header("etag", etagOf(file.revision)).send(fileShape(file, place))
    })
  }
  app.get("/api/files/:id", { schema: { params: ID_PARAMS } }, async ({ caller, params }, reply) => {
    const row = await needFile(ports, caller, { ...params, right: "read", action: "file.read" })
    const place = await needPlace(ports, caller, { id: row.place, right: "read", action: "file.read" })
    const [file] = await filesOfPlaces(read, { places: [place.id], name: row.name, withInfo: true, limit: 1 })
    if (file === undefined) throw fileNotFound(params.id)
    return reply.header("etag", etagOf(file.revision)).send(fileShape(file, place))
  })
  contentRoutes(app, ports)
  uploadRoutes(app, ports)
  fileWrites(app, ports)
}
