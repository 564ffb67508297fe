import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import {
  baseEnvironment,
  configJson,
  deriveInvocationSchema,
  fillDefaults,
  findInvocationFaults,
  type GearManifest,
  gearCommand,
  type InvocationRequest,
  type JsonDocument,
  type JsonObject,
  parseJson,
  parseManifest,
  validateDraft04,
} from "@geartrain/spec"
import { type BrokenRules, brokenRules, sortRules } from "./broken-rules.ts"
import { SetCounter, type SetResult } from "./case-set.ts"

/**
 * What a case expects. Only what is written is checked.
 *
 *   manifest     "valid" or "invalid"
 *   reference    the verdict of Flywheel's reference, where it is another one
 *   faults       `line:column where keyword` of each fault
 *   warnings     `severity line:column where keyword` of each warning of a valid manifest
 *   schema       the derived invocation schema
 *   invocation   path and keyword of each rule that `invocation.json` breaks
 *   request      `where keyword` of each fault of `request.json`
 *   run          what the gear is run with, where the request has no fault: config, config.json, environment, command
 */
interface Expected {
  readonly says: string
  readonly manifest: "valid" | "invalid"
  readonly reference?: "valid" | "invalid"
  readonly faults?: readonly string[]
  readonly warnings?: readonly string[]
  readonly schema?: JsonObject
  readonly invocation?: BrokenRules
  readonly request?: readonly string[]
  readonly run?: JsonObject
}

/** A case is a folder whose name begins with its verdict, in a folder that says what it is about. */
export function runOwnCases(folder: string): SetResult {
  const counter = new SetCounter("own cases")
  for (const topic of folders(folder)) {
    for (const name of folders(join(folder, topic))) {
      if (/^(?:in)?valid-/.test(name)) runCase(`${topic}/${name}`, join(folder, topic, name), counter)
    }
  }
  return counter.result()
}

function folders(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted()
}

function runCase(name: string, folder: string, counter: SetCounter): void {
  const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Expected
  const result = parseManifest(readFileSync(join(folder, "manifest.json")))
  const verdict = result.ok ? "valid" : "invalid"
  counter.expect(`${name}: its name`, name.split("/")[1]?.split("-")[0], expected.manifest)
  counter.expect(name, verdict, expected.manifest)
  if (expected.reference !== undefined) counter.expect(`${name}: as the reference`, verdict, expected.reference)
  if (!result.ok) {
    const faults = result.faults.map(({ line, column, where, keyword }) => `${line}:${column} ${where} ${keyword}`)
    counter.expect(`${name}: faults`, faults, expected.faults)
    return
  }
  const warnings = result.warnings.map(
    ({ severity, line, column, where, keyword }) => `${severity} ${line}:${column} ${where} ${keyword}`,
  )
  counter.expect(`${name}: warnings`, warnings, expected.warnings ?? [])
  if (expected.schema !== undefined) {
    counter.expect(`${name}: schema`, deriveInvocationSchema(result.manifest), expected.schema)
  }
  if (expected.invocation !== undefined)
    checkInvocationFile(name, { folder, manifest: result.manifest, expected }, counter)
  if (expected.request !== undefined) checkRequest(name, { folder, manifest: result.manifest, expected }, counter)
}

interface RunningCase {
  readonly folder: string
  readonly manifest: GearManifest
  readonly expected: Expected
}

function checkInvocationFile(name: string, { folder, manifest, expected }: RunningCase, counter: SetCounter): void {
  const document = read(join(folder, "invocation.json"))
  const violations = validateDraft04(deriveInvocationSchema(manifest), document.value, {
    numberText: (path) => document.numberText(path),
  })
  counter.expect(`${name}: invocation`, brokenRules(violations), sortRules(expected.invocation ?? []))
}

function checkRequest(name: string, { folder, manifest, expected }: RunningCase, counter: SetCounter): void {
  const request = read(join(folder, "request.json")).value as unknown as InvocationRequest
  const faults = findInvocationFaults(manifest, request).map(({ where, keyword }) => `${where} ${keyword}`)
  counter.expect(`${name}: request`, faults, expected.request)
  if (expected.run === undefined) return
  const config = fillDefaults(manifest, request.config)
  const inputs = Object.fromEntries(
    Object.entries(request.inputs).map(([input, given]) => {
      const { name: fileName, ...object } = given
      return [input, given["base"] === "context" ? given : { base: "file", name: fileName, object }]
    }),
  ) as unknown as Parameters<typeof configJson>[1]["inputs"]
  const found = {
    configJson: configJson(manifest, { config, inputs, jobId: "0123456789abcdef01234567" }),
    environment: baseEnvironment(manifest, config, "/root"),
    command: gearCommand(manifest),
  }
  counter.expect(`${name}: run`, found, expected.run)
}

function read(path: string): JsonDocument {
  if (!existsSync(path)) throw new Error(`The case has no ${path}`)
  const result = parseJson(readFileSync(path, "utf8"))
  if (!result.ok) throw new Error(`${path} is no JSON: ${result.faults[0]?.problem}`)
  return result.document
}
