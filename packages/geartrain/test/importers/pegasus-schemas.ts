import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Ajv } from "ajv"
import { parse } from "yaml"

/** The schemas that Pegasus publishes: others' work, and no part of the repository. */
const SCHEMAS = fileURLToPath(new URL("../../../../../shared/data/pegasus/schema/", import.meta.url))

export const SCHEMAS_MISSING = existsSync(SCHEMAS) ? undefined : "the schemas of Pegasus are not on this machine"

const NAMES = ["common", "rc-5.0", "sc-5.0", "tc-5.0", "wf-5.0"]

/** What a schema of Pegasus' finds wrong with a document of format 5.0. */
export function schemaFaults(schema: "rc-5.0" | "sc-5.0" | "tc-5.0" | "wf-5.0", text: string): readonly string[] {
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    unicodeRegExp: false,
    formats: { iri: true, uri: true, url: true },
  })
  for (const name of NAMES) ajv.addSchema(parse(readFileSync(join(SCHEMAS, `${name}.yml`), "utf8")), `${name}.yml`)
  const validate = ajv.getSchema(`${schema}.yml`)
  if (validate === undefined) throw new Error(`no schema ${schema}`)
  validate(parse(text))
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}
