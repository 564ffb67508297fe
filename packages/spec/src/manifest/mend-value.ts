import { isJsonArray, textOf } from "../json/json-kind.ts"
import type { JsonValue } from "../json/json-value.ts"
import type { SchemaViolation } from "../schema/schema-violation.ts"
import { LICENSES } from "./licenses.ts"
import type { Mend } from "./manifest-fault.ts"

/**
 * The change that mends a value which breaks a rule of the manifest, where no other could be meant: the same value in another type, the name
 * that a type or licence has here.
 *
 * @param value  What stands there.
 */
export function mendFor(violation: SchemaViolation, value: JsonValue | undefined): Mend | undefined {
  const { path, keyword, wanted } = violation
  if (value === undefined) return undefined
  if (path[0] === "license" && path.length === 1 && keyword === "enum") return replaced(licenseOf(value))
  if (path.at(-1) === "type" && keyword === "anyOf") return replaced(typeOf(value))
  if (path[0] === "environment" && path.length === 2 && keyword === "type") {
    return typeof value === "object" ? undefined : replaced(textOf(value))
  }
  return keyword === "type" ? replaced(valueOfType(wanted, value)) : undefined
}

/**
 * The same value in another type, where nothing is lost: a text that is the number or the truth that it spells, a number or truth as text.
 *
 * @param wanted  The value of the keyword `type`.
 * @example
 *   valueOfType("integer", "104") // => 104
 *   valueOfType("integer", 1.5) // => undefined
 */
export function valueOfType(wanted: JsonValue, value: JsonValue): JsonValue | undefined {
  const types = isJsonArray(wanted) ? wanted : [wanted]
  const isText = typeof value === "string"
  if (types.includes("boolean") && isText && /^(?:true|false)$/i.test(value)) return value.toLowerCase() === "true"
  if (types.includes("integer") && isText && /^-?(?:0|[1-9][0-9]{0,14})$/.test(value)) return Number(value)
  if (types.includes("number") && isText && /^-?(?:0|[1-9][0-9]{0,8})(?:\.[0-9]{1,6})?$/.test(value))
    return Number(value)
  if (types.includes("string") && (typeof value === "number" || typeof value === "boolean")) return String(value)
  return undefined
}

function replaced(value: JsonValue | undefined): Mend | undefined {
  return value === undefined ? undefined : { kind: "replace", value }
}

function licenseOf(value: JsonValue): string | undefined {
  const plain = textOf(value).trim().toLowerCase()
  return LICENSES.find((license) => license.toLowerCase() === plain)
}

/** Words for types that mean one of JSON Schema's, and nothing else. */
const TYPE_WORDS: Readonly<Record<string, string>> = {
  bool: "boolean",
  double: "number",
  float: "number",
  int: "integer",
  list: "array",
  str: "string",
  text: "string",
}

function typeOf(value: JsonValue): string | undefined {
  const word = textOf(value).toLowerCase()
  if (["array", "boolean", "integer", "number", "object", "string"].includes(word)) return word
  return Object.hasOwn(TYPE_WORDS, word) ? TYPE_WORDS[word] : undefined
}
