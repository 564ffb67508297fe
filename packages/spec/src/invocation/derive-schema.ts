import { GeartrainError } from "../errors/geartrain-error.ts"
import { countsAsTrue, isJsonObject, memberOf } from "../json/json-kind.ts"
import { formatPath } from "../json/json-path.ts"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import type { GearManifest } from "../manifest/gear-manifest.ts"
import { badPatterns } from "../manifest/lint-patterns.ts"
import { DRAFT_04 } from "../schema/meta-schema.ts"

/**
 * Derives the schema of a gear's invocations, draft 4, as the reference does and as catalogues publish it: what config and inputs have to be.
 *
 * Every config value and input that is not optional is required, also where it has a default, since defaults are filled in before checking.
 * Further members are not refused. Note that in an invocation a file input is the file's description itself, which in config.json lies one
 * level deeper, in `object`.
 *
 * @throws {GeartrainError} MANIFEST_INVALID when a pattern in the config is none of Python's.
 * @see Flywheel Gear Spec 0.1.9, `gears/generator.py`
 */
export function deriveInvocationSchema(manifest: GearManifest): JsonObject {
  const schema = {
    title: `Invocation manifest for ${manifest.label}`,
    $schema: DRAFT_04,
    type: "object",
    properties: {
      config: groupOf(manifest.config, (item) => withoutMembers(item)),
      inputs: groupOf(manifest.inputs, inputSchema),
    },
    required: ["config", "inputs"],
  }
  refuseBadPatterns(manifest, schema)
  return schema
}

/**
 * Cuts out what one input has to be: what tells which files could be taken for it.
 *
 * @param schema  As `deriveInvocationSchema` made it.
 * @throws {RangeError} when the gear has no such input.
 */
export function isolateInputSchema(schema: JsonObject, input: string): JsonObject {
  const group = memberAt(schema, ["properties", "inputs", "properties"])
  const found = group === undefined ? undefined : memberOf(group, input)
  if (!isJsonObject(found)) throw new RangeError(`The invocation schema has no input "${input}"`)
  return { ...found, title: `Input invocation manifest for ${input}`, $schema: DRAFT_04, type: "object" }
}

/**
 * Cuts out what the config has to be.
 *
 * @param schema  As `deriveInvocationSchema` made it.
 */
export function isolateConfigSchema(schema: JsonObject): JsonObject {
  const found = memberAt(schema, ["properties", "config"])
  return { ...found, title: "Config invocation manifest", $schema: DRAFT_04, type: "object" }
}

function groupOf(items: Readonly<Record<string, JsonObject>>, schemaOf: (item: JsonObject) => JsonObject): JsonObject {
  const entries = Object.entries(items)
  const required = entries
    .filter(([, item]) => !countsAsTrue(memberOf(item, "optional") ?? false))
    .map(([name]) => name)
  const properties = Object.fromEntries(entries.map(([name, item]) => [name, schemaOf(item)]))
  // Draft 4 does not allow an empty list.
  return required.length === 0 ? { type: "object", properties } : { type: "object", properties, required }
}

function withoutMembers(item: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !NOT_RULES.has(name)))
}

/** Members of a declaration that are no rules about the value. */
const NOT_RULES: ReadonlySet<string> = new Set(["base", "description", "optional"])

function inputSchema(input: JsonObject): JsonObject {
  switch (input["base"]) {
    case "file":
      return { type: "object", properties: withoutMembers(input) }
    case "context":
      return {
        type: "object",
        properties: { base: { type: "string" }, found: { type: "boolean" }, value: {} },
        required: ["base", "found", "value"],
      }
    default:
      return { type: "object" }
  }
}

/** The reference checks what it derived against the meta-schema, which has one format: that of a pattern. */
function refuseBadPatterns(manifest: GearManifest, schema: JsonValue): void {
  const [bad] = badPatterns(schema, ["invalid"])
  if (bad === undefined) return
  const where = formatPath(bad.path.filter((step) => step !== "properties"))
  throw new GeartrainError(
    "MANIFEST_INVALID",
    `Cannot derive the invocation schema of gear "${manifest.name}": at ${where}, ${bad.problem}`,
    { details: { gear: manifest.name, where }, hint: "Mend the pattern, in the syntax of Python's re" },
  )
}

function memberAt(schema: JsonObject, path: readonly string[]): JsonObject | undefined {
  let value: JsonObject | undefined = schema
  for (const step of path) {
    const next: JsonValue | undefined = value === undefined ? undefined : memberOf(value, step)
    value = isJsonObject(next) ? next : undefined
  }
  return value
}
