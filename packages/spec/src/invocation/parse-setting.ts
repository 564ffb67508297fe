import { isJsonArray, isJsonObject, memberOf, showJson, textOf } from "../json/json-kind.ts"
import type { JsonValue } from "../json/json-value.ts"
import { parseJson } from "../json/parse-json.ts"
import type { ConfigItem, GearManifest } from "../manifest/gear-manifest.ts"
import { nearestName } from "../text/did-you-mean.ts"
import { listNames } from "../text/list-words.ts"
import { faultAt, type InvocationFault } from "./invocation-fault.ts"

export type SettingResult =
  | { readonly ok: true; readonly name: string; readonly value: JsonValue }
  | { readonly ok: false; readonly fault: InvocationFault }

/**
 * Reads a config value from a command line: `name=value`, where the value is a text and becomes what the manifest declares.
 *
 *   string    the text as it is, empty too
 *   integer   `-3`
 *   number    `0.5`, `1e-3`
 *   boolean   true, false, yes, no, on, off, 1, 0, in any case
 *   array     JSON, `[1, 2]`, or a comma between items, `1,2`; nothing for no items
 *   object    JSON
 *
 * Where several types are allowed, the first that the text can be read as counts, text last. Where none is declared, a member of the enum that
 * reads like the text, else JSON, else the text. Whether the value keeps the other rules is told by `checkInvocation`.
 *
 * @example
 *   parseSetting({ config: { threshold: { type: "number" } } }, "threshold=0.5")
 *   // => { ok: true, name: "threshold", value: 0.5 }
 */
export function parseSetting(manifest: Pick<GearManifest, "config">, setting: string): SettingResult {
  const equals = setting.indexOf("=")
  const name = equals === -1 ? setting : setting.slice(0, equals)
  const item = Object.hasOwn(manifest.config, name) ? manifest.config[name] : undefined
  if (item === undefined) return refuseName(manifest, name)
  if (equals === -1) {
    // A switch that is named is switched on, as with every command.
    if (typesOf(item).includes("boolean")) return { ok: true, name, value: true }
    return refuse(name, {
      keyword: "required",
      problem: `config "${name}" is named without a value`,
      fix: `Write ${name}=VALUE`,
    })
  }
  return parseSettingValue(name, item, setting.slice(equals + 1))
}

/** Reads the text of one config value by its declaration. */
export function parseSettingValue(name: string, item: ConfigItem, text: string): SettingResult {
  const choices = memberOf(item, "enum")
  if (isJsonArray(choices)) {
    const chosen = choices.find((choice) => textOf(choice) === text)
    if (chosen !== undefined) return { ok: true, name, value: chosen }
  }
  const types = typesOf(item)
  if (types.length === 0) return { ok: true, name, value: readJson(text) ?? text }
  const ordered = [...types.filter((type) => type !== "string"), ...types.filter((type) => type === "string")]
  for (const type of ordered) {
    const value = readAs(type, text, item)
    if (value !== undefined) return { ok: true, name, value }
  }
  const wanted = types.map((type) => WANTED[type] ?? type).join(" or ")
  return refuse(name, {
    keyword: "type",
    problem: `config "${name}": found ${showJson(text)}, wanted ${wanted}`,
    fix: exampleFor(name, types[0]),
  })
}

function refuseName(manifest: Pick<GearManifest, "config">, name: string): SettingResult {
  const known = Object.keys(manifest.config)
  const meant = nearestName(name, known)
  const others = known.length === 0 ? "The gear has no config" : `Set one of ${listNames(known)}`
  return refuse(name, {
    keyword: "unknown",
    problem: `config "${name}" is not known`,
    fix: meant === undefined ? others : `Did you mean "${meant}"?`,
  })
}

function refuse(name: string, told: Pick<InvocationFault, "keyword" | "problem" | "fix">): SettingResult {
  return { ok: false, fault: faultAt(["config", name], told) }
}

function typesOf(item: ConfigItem): readonly string[] {
  const type = memberOf(item, "type")
  return (isJsonArray(type) ? type : [type]).filter((name) => typeof name === "string")
}

const WANTED: Readonly<Record<string, string>> = {
  array: "a list, such as a,b",
  boolean: "true or false",
  integer: "an integer",
  null: "null",
  number: "a number",
  object: "an object in JSON",
}

function exampleFor(name: string, type: string | undefined): string {
  if (type === "boolean") return `Write ${name}=true or ${name}=false`
  if (type === "integer") return `Write an integer, such as ${name}=3`
  if (type === "number") return `Write a number, such as ${name}=0.5`
  return "Write it in JSON"
}

const SWITCH: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  "1": true,
  false: false,
  no: false,
  off: false,
  "0": false,
}

/** The value of a text as one type of JSON Schema; undefined where it is none. */
function readAs(type: string, text: string, item: ConfigItem): JsonValue | undefined {
  const trimmed = text.trim()
  switch (type) {
    case "string":
      return text
    case "integer":
      return /^[+-]?[0-9]+$/.test(trimmed) ? exactNumber(trimmed) : undefined
    case "number":
      return /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(trimmed) ? exactNumber(trimmed) : undefined
    case "boolean":
      return Object.hasOwn(SWITCH, trimmed.toLowerCase()) ? SWITCH[trimmed.toLowerCase()] : undefined
    case "null":
      return trimmed === "null" ? null : undefined
    case "array":
      return readList(text, item)
    default: {
      const value = readJson(text)
      return isJsonObject(value) ? value : undefined
    }
  }
}

/** Undefined where a number would be passed on as another one. */
function exactNumber(text: string): number | undefined {
  const value = Number(text)
  if (!Number.isFinite(value)) return undefined
  const digits = text.replace(/^\+/, "")
  const isExact = !/^-?[0-9]{16,}$/.test(digits) || String(value) === digits || BigInt(digits) === BigInt(value)
  return isExact ? value : undefined
}

function readList(text: string, item: ConfigItem): JsonValue | undefined {
  const trimmed = text.trim()
  if (trimmed === "") return []
  if (trimmed.startsWith("[")) {
    const value = readJson(trimmed)
    return isJsonArray(value) ? value : undefined
  }
  const rule = memberOf(item, "items")
  const items: JsonValue[] = []
  for (const part of trimmed.split(",")) {
    const result = parseSettingValue("item", isJsonObject(rule) ? rule : { type: "string" }, part.trim())
    if (!result.ok) return undefined
    items.push(result.value)
  }
  return items
}

function readJson(text: string): JsonValue | undefined {
  const result = parseJson(text)
  return result.ok ? result.document.value : undefined
}
