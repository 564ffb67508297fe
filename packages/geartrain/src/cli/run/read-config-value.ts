import type { ConfigItem, JsonObject, JsonValue } from "@geartrain/spec"
import { typesOf } from "./gear-flags.ts"

/**
 * Turns the text of a command line into the value that the manifest declares. Text that cannot be one is handed on as it is, so that the check
 * of the invocation says what is wrong with it.
 *
 * @param texts  As often as it was given: more than once only for a list.
 * @example
 *   readConfigValue({ type: "integer" }, ["2"]) // => 2
 *   readConfigValue({ type: "string" }, ["2"]) // => "2"
 *   readConfigValue({ type: "array", items: { type: "number" } }, ["1", "2.5"]) // => [1, 2.5]
 *   readConfigValue({ type: "array", items: { type: "number" } }, ["[1, 2.5]"]) // => [1, 2.5]
 */
export function readConfigValue(declared: ConfigItem, texts: readonly string[]): JsonValue {
  const types = typesOf(declared)
  if (types.includes("array")) return readList(declared, texts)
  return readScalar(types, texts[0] ?? "")
}

function readList(declared: ConfigItem, texts: readonly string[]): JsonValue {
  const [only] = texts
  if (texts.length === 1 && only !== undefined && only.trimStart().startsWith("[")) {
    const parsed = parseOrUndefined(only)
    if (Array.isArray(parsed)) return parsed
  }
  const items = declared["items"]
  const types = isObject(items) ? typesOf(items) : []
  return texts.map((text) => readScalar(types, text))
}

function readScalar(types: readonly string[], text: string): JsonValue {
  if ((types.includes("integer") || types.includes("number")) && isExactNumber(text)) return Number(text)
  const truth = types.includes("boolean") ? TRUTHS.get(text.toLowerCase()) : undefined
  if (truth !== undefined) return truth
  if (types.includes("null") && text === "null") return null
  // A gear that declares an object cannot be run by the specification, but the check is who says so.
  if (types.includes("object")) return parseOrUndefined(text) ?? text
  return text
}

/** Longer integers than 2^53 would become other ones without a word. */
function isExactNumber(text: string): boolean {
  return NUMBER.test(text) && (!INTEGER.test(text) || Number.isSafeInteger(Number(text)))
}

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/
const INTEGER = /^[-+]?\d+$/
const TRUTHS = new Map([
  ["true", true],
  ["yes", true],
  ["on", true],
  ["false", false],
  ["no", false],
  ["off", false],
])

function parseOrUndefined(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    // Not JSON: then it is plain text.
    return undefined
  }
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
