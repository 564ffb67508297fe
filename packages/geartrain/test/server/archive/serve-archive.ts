/**
 * A server with an archive alone, in a process of its own, for those who kill it, fill its disk or measure it. Whoever asks is an admin.
 *
 *   node serve-archive.ts DATABASE FOLDER      prints its address; FOLDER holds blobs and uploads
 */
import fastify from "fastify"
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod"
import { DEFAULT_LIMITS } from "../../../src/server/app/app-settings.ts"
import { addBodies } from "../../../src/server/app/bodies.ts"
import { makeTurns } from "../../../src/server/archive/uploads/turns.ts"
import { openSqlite } from "../../../src/server/database/sqlite/open-sqlite.ts"
import type { ApiApp } from "../../../src/server/http/api-app.ts"
import { problemOf } from "../../../src/server/http/problem.ts"
import { archiveRoutes } from "../../../src/server/routes/archive/archive-routes.ts"
import { openStore } from "../../../src/stores/filesystem/open-store.ts"
import { person, tableAccess } from "../open-access.ts"

const [databasePath = "", folder = ""] = process.argv.slice(2)
const database = await openSqlite(databasePath)
const store = await openStore(`${folder}/blobs`)
const app: ApiApp = fastify()
app.setValidatorCompiler(validatorCompiler)
app.setSerializerCompiler(serializerCompiler)
addBodies(app, DEFAULT_LIMITS)
app.setErrorHandler((error, request, reply) => {
  const problem = problemOf(error, request.id)
  return reply.code(problem.status).send(problem)
})
app.addHook("onRequest", async (request) => {
  request.caller = person("admin", { siteAdmin: true })
})
archiveRoutes(app, {
  database,
  access: tableAccess({}),
  blobs: store.blobs,
  uploadFolder: `${folder}/uploads`,
  uploadTurns: makeTurns(),
  references: [],
})
app.listen({ host: "127.0.0.1", port: 0 }, (error, address) => {
  if (error !== null) throw error
  process.stdout.write(`${address}\n`)
})
