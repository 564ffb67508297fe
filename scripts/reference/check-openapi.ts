/**
 * Holds what is generated from the server's routes: the document docs/reference/openapi.json, and the types of the client in packages/sdk.
 *
 *   node scripts/reference/check-openapi.ts [--write]     --write makes both anew
 */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { TestContext } from "node:test"
import openapiTypescript, { astToString, type OpenAPI3, type SchemaObject } from "openapi-typescript"
import { openSqlite } from "../../packages/geartrain/src/server/database/sqlite/open-sqlite.ts"
import { appBench } from "../../packages/geartrain/test/server/app-bench.ts"
import { complain } from "../source/complain.ts"
import { TOP } from "../top.ts"

const TYPES_HEAD = `/**
 * What the server's routes take and answer: generated from its OpenAPI document by scripts/reference/check-openapi.ts.
 */
`

const ANYTHING = {} as SchemaObject

const document = await describe()
const generated: Readonly<Record<string, string>> = {
  "docs/reference/openapi.json": `${JSON.stringify(document, undefined, 2)}\n`,
  "packages/sdk/src/client/api-types.ts": `${TYPES_HEAD}${astToString(await openapiTypescript(withoutCircles(document)))}`,
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

/** TypeScript knows no type that is part of itself by the way that these are written: any JSON is unknown to the client. */
function withoutCircles(whole: OpenAPI3): OpenAPI3 {
  const copy = structuredClone(whole)
  for (const name of ["JsonValue", "JsonValueInput"]) {
    if (copy.components?.schemas?.[name] !== undefined) copy.components.schemas[name] = ANYTHING
  }
  return copy
}

/** What the application says of itself, built as the tests build it. */
async function describe(): Promise<OpenAPI3> {
  const ends: (() => unknown)[] = []
  const context = { after: (end: () => unknown) => ends.push(end) } as unknown as TestContext
  const database = await openSqlite(":memory:")
  // The version of a release is no change of the interface.
  const { app } = await appBench(context, database, { settings: { version: "1" } })
  const document = app.swagger() as unknown as OpenAPI3
  for (const end of ends) await end()
  await database.close()
  return document
}
