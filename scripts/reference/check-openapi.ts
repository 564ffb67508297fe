/**
 * Holds what is generated from the server's routes: the document docs/reference/openapi.json, and the types of the client in packages/sdk.
 *
 *   node scripts/reference/check-openapi.ts [--write]     --write makes both anew
 */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { memoryBlobStore } from "@geartrain/ports/fakes"
import openapiTypescript, { astToString, type OpenAPI3 } from "openapi-typescript"
import { buildApp } from "../../packages/geartrain/src/server/app/build-app.ts"
import { openSqlite } from "../../packages/geartrain/src/server/database/sqlite/open-sqlite.ts"
import { tableAccess } from "../../packages/geartrain/test/server/open-access.ts"
import { complain } from "../source/complain.ts"
import { TOP } from "../top.ts"

const TYPES_HEAD = `/**
 * What the server's routes take and answer: generated from its OpenAPI document by scripts/reference/check-openapi.ts.
 */
`

const document = await describe()
const generated: Readonly<Record<string, string>> = {
  "docs/reference/openapi.json": `${JSON.stringify(document, undefined, 2)}\n`,
  "packages/sdk/src/client/api-types.ts": `${TYPES_HEAD}${astToString(await openapiTypescript(document))}`,
}
for (const [path, text] of Object.entries(generated)) {
  if (process.argv.includes("--write")) writeFileSync(join(TOP, path), text)
}
complain(
  Object.entries(generated)
    .filter(([path, text]) => readFileSync(join(TOP, path), "utf8") !== text)
    .map(([path]) => `${path} is stale: node scripts/reference/check-openapi.ts --write`),
  `${Object.keys(document.paths ?? {}).length} paths`,
)

async function describe(): Promise<OpenAPI3> {
  const database = await openSqlite(":memory:")
  const app = await buildApp({
    database,
    blobs: memoryBlobStore(),
    access: tableAccess({}),
    authenticate: async () => undefined,
    // The version of a release is no change of the interface.
    settings: { version: "1" },
  })
  const document = app.swagger() as unknown as OpenAPI3
  await app.close()
  await database.close()
  return document
}
