import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import {
  deriveInvocationSchema,
  type GearManifest,
  type JsonObject,
  type JsonValue,
  manifestViolations,
  parseJson,
  parseManifest,
} from "@geartrain/spec"
import { brokenRules, sortRules } from "./broken-rules.ts"
import { SetCounter, type SetResult } from "./case-set.ts"
import { pythonJson, withNumberTexts } from "./python-json.ts"

interface Verdict {
  readonly valid: boolean
  readonly errors?: readonly { readonly path: string; readonly keyword: string }[]
  readonly invocation_schema_sha256?: string
}

/** Real manifests: accepted or refused as by the reference, for the same rules, and with the same derived schema, byte for byte. */
export function runVerdicts(folder: string): SetResult {
  const counter = new SetCounter("verdicts of real manifests")
  const verdicts = readJson<Record<string, Verdict>>(join(folder, "verdicts.json"))
  for (const [name, verdict] of Object.entries(verdicts)) {
    const text = readFileSync(join(folder, "manifests", name), "utf8")
    const result = parseManifest(text)
    const read = parseJson(text)
    const broken = read.ok ? brokenRules(manifestViolations(read.document)) : [["/", "json"] as const]
    const wanted = (verdict.errors ?? []).map(({ path, keyword }) => [path, keyword] as const)
    counter.expect(name, { valid: result.ok, broken }, { valid: verdict.valid, broken: sortRules(wanted) })
    if (!result.ok || verdict.invocation_schema_sha256 === undefined) continue
    const schema = deriveInvocationSchema(withNumberTexts(result.json) as unknown as GearManifest)
    const digest = createHash("sha256").update(pythonJson(schema)).digest("hex")
    counter.expect(`${name}: schema`, digest, verdict.invocation_schema_sha256)
  }
  return counter.result()
}

/** Documents of the public catalogue: each manifest is accepted, and the published invocation schema is the one that is derived. */
export function runPublishedSchemas(folder: string): SetResult {
  const counter = new SetCounter("published invocation schemas")
  for (const name of readdirSync(join(folder, "invocation-schemas")).toSorted()) {
    const text = readFileSync(join(folder, "invocation-schemas", name), "utf8")
    const read = parseJson(text)
    if (!read.ok) {
      counter.expect(name, read.faults[0]?.problem, "JSON")
      continue
    }
    const document = withNumberTexts(read.document) as JsonObject
    const result = parseManifest(JSON.stringify((read.document.value as JsonObject)["gear"]))
    counter.expect(`${name}: manifest`, result.ok, true)
    const schema = deriveInvocationSchema(document["gear"] as unknown as GearManifest)
    counter.expect(name, pythonJson(schema), pythonJson(withOpenConfig(document["invocation-schema"] ?? null)))
  }
  return counter.result()
}

/** The exchange's later generator closed the config of an invocation (`additionalProperties: false`); that of the specification does not. */
function withOpenConfig(schema: JsonValue): JsonValue {
  const copy = structuredClone(schema) as { properties?: { config?: { additionalProperties?: boolean } } }
  if (copy.properties?.config?.additionalProperties === false) delete copy.properties.config.additionalProperties
  return copy as JsonValue
}

/** Files that are no JSON: each is refused, with at least one fault that has a place and a cure. */
export function runMalformed(folder: string): SetResult {
  const counter = new SetCounter("malformed files")
  for (const name of readdirSync(join(folder, "malformed")).toSorted()) {
    const result = parseManifest(readFileSync(join(folder, "malformed", name)))
    const faults = result.ok ? [] : result.faults
    const told = faults.every(({ line, column, fix }) => line >= 1 && column >= 1 && fix !== "")
    counter.expect(name, { refused: !result.ok, told: faults.length > 0 && told }, { refused: true, told: true })
  }
  return counter.result()
}

function readJson<Value>(path: string): Value {
  return JSON.parse(readFileSync(path, "utf8")) as Value
}
