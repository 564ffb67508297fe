import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import {
  configJson,
  deriveInvocationSchema,
  type GearManifest,
  inputPath,
  type JsonObject,
  type JsonValue,
  parseJson,
  parseManifest,
  validateDraft04,
} from "@geartrain/spec"
import { type BrokenRules, brokenRules, sortRules } from "./broken-rules.ts"
import { SetCounter, type SetResult } from "./case-set.ts"

/** Generated invocations: the same rules are broken as in the reference, by path and keyword. */
export function runInvocations(folder: string): SetResult {
  const counter = new SetCounter("invocations")
  const schemas = new Map<string, JsonObject>()
  for (const line of readFileSync(join(folder, "invocations.jsonl"), "utf8").split("\n")) {
    if (line === "") continue
    const read = parseJson(line)
    const document = read.ok ? read.document : read.meant
    if (document === undefined) throw new Error(`A line of invocations.jsonl is no JSON: ${line.slice(0, 80)}`)
    const { manifest, case: name, invocation, errors } = document.value as unknown as InvocationCase
    const schema = schemas.get(manifest) ?? deriveSchema(join(folder, "manifests", manifest))
    schemas.set(manifest, schema)
    const numberText = (path: readonly (string | number)[]) => document.numberText(["invocation", ...path])
    const found = brokenRules(validateDraft04(schema, invocation, { numberText }))
    counter.expect(`${manifest}: ${name}`, found, sortRules(errors))
  }
  return counter.result()
}

interface InvocationCase {
  readonly manifest: string
  readonly case: string
  readonly invocation: JsonValue
  readonly errors: BrokenRules
}

function deriveSchema(path: string): JsonObject {
  const result = parseManifest(readFileSync(path))
  if (!result.ok) throw new Error(`${path}: ${result.faults[0]?.problem}`)
  return deriveInvocationSchema(result.manifest)
}

/** Real config.json files: built again from their parts, each is the same document. */
export function runConfigs(folder: string): SetResult {
  const counter = new SetCounter("config.json files")
  let others = 0
  for (const kind of ["runtime", "sdk-run-args"]) {
    for (const name of readdirSync(join(folder, "configs", kind)).toSorted()) {
      const read = parseJson(readFileSync(join(folder, "configs", kind, name), "utf8"))
      if (!read.ok) counter.expect(name, read.faults[0]?.problem, "JSON")
      else if (isRunTime(read.document.value)) checkConfig(name, read.document.value, counter)
      else others += 1
    }
  }
  return counter.result(
    `${others} files that are no config.json of a run: invocations, arguments of the SDK, and files that were written for tests`,
  )
}

interface RunTimeConfig extends JsonObject {
  readonly config: JsonObject
  readonly inputs: Readonly<Record<string, JsonObject>>
}

/**
 * In an invocation a file is its description itself, and arguments of the SDK name a file in a container: only config.json says `base`. One whose
 * files lie elsewhere was written by hand, for a test of some gear's.
 */
function isRunTime(value: JsonValue): value is RunTimeConfig {
  const inputs = Object.values((value as RunTimeConfig).inputs)
  return "destination" in (value as object) && inputs.every((input) => "base" in input && isInGearFolder(input))
}

function isInGearFolder({ location }: JsonObject): boolean {
  return location === undefined || (location as { readonly path: string }).path.startsWith("/flywheel/v0/")
}

function checkConfig(name: string, document: RunTimeConfig, counter: SetCounter): void {
  const inputs = Object.entries(document.inputs)
  const manifest = {
    name: "sample",
    config: {},
    inputs: Object.fromEntries(inputs.map(([input, given]) => [input, declare(given)])),
  }
  const built = configJson(manifest as unknown as GearManifest, {
    config: document.config,
    destination: document["destination"] as never,
    inputs: Object.fromEntries(inputs.map(([input, given]) => [input, describe(given)])) as never,
    keys: Object.fromEntries(
      inputs.flatMap(([input, given]) => ("key" in given ? [[input, given["key"]]] : [])),
    ) as never,
  })
  counter.expect(name, sortKeys(onlyMembersOf(document, built)), sortKeys(document))
  for (const [input, given] of inputs) {
    const location = given["location"] as { name: string; path: string } | undefined
    if (location !== undefined) counter.expect(`${name}: ${input}`, inputPath(input, location.name), location.path)
  }
}

function declare(given: JsonObject): JsonObject {
  const { base = "file" } = given
  return given["read-only"] === true ? { base, "read-only": true } : { base }
}

function describe(given: JsonObject): JsonObject {
  if (given["base"] !== "file") return given
  const location = given["location"] as { readonly name: string }
  const place = "hierarchy" in given ? { hierarchy: given["hierarchy"] } : {}
  return { base: "file", name: location.name, object: given["object"] ?? {}, ...place }
}

/** What was built, without members that the sample's release of the server did not have yet, or has no more. */
function onlyMembersOf(sample: JsonValue, built: JsonValue): JsonValue {
  if (typeof sample !== "object" || sample === null || Array.isArray(sample)) return built
  if (typeof built !== "object" || built === null || Array.isArray(built)) return built
  const members = Object.entries(built).filter(([name]) => Object.hasOwn(sample, name))
  return Object.fromEntries(
    members.map(([name, value]) => [name, onlyMembersOf((sample as JsonObject)[name] ?? null, value)]),
  )
}

function sortKeys(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== "object" || value === null) return value
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(members.map(([name, member]) => [name, sortKeys(member)]))
}
