import type { JsonDocument, JsonPath, JsonValue } from "@geartrain/spec"
import { pythonNumber } from "@geartrain/spec"

// No text of a manifest begins so, and none of the rules looks into a number: so numbers pass as texts through what derives a schema.
const NUMBER = "\u0000number:"

/** The value of a document with every number replaced by its text, for `pythonJson`: `1.0` and `1` are one number to JavaScript, and two to Python. */
export function withNumberTexts(document: JsonDocument): JsonValue {
  return replace(document, document.value, [])
}

function replace(document: JsonDocument, value: JsonValue, path: JsonPath): JsonValue {
  if (typeof value === "number") return `${NUMBER}${document.numberText(path)}`
  if (Array.isArray(value)) return value.map((item: JsonValue, index) => replace(document, item, [...path, index]))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, replace(document, member, [...path, name])]),
  )
}

/**
 * Writes JSON as the reference did for its digests: Python's `json.dumps` with keys sorted, no spaces, non-ASCII escaped, and the lists of
 * required names sorted, since their order is that of a dictionary.
 */
export function pythonJson(value: JsonValue): string {
  if (typeof value === "string")
    return value.startsWith(NUMBER) ? numberText(value.slice(NUMBER.length)) : textJson(value)
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(",")}]`
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  const members = Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${textJson(name)}:${pythonJson(name === "required" ? sortNames(member) : member)}`)
  return `{${members.join(",")}}`
}

function textJson(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  )
}

/** What Python makes of the text of a number: an integer stays, anything else is a double. */
function numberText(text: string): string {
  if (/^-?[0-9]+$/.test(text)) return text === "-0" ? "0" : text
  const value = Number(text)
  if (Math.abs(value) >= 1e16) return value.toExponential()
  if (Number.isInteger(value)) return `${Object.is(value, -0) ? "-0" : value}.0`
  return pythonNumber(value)
}

function sortNames(value: JsonValue): JsonValue {
  return Array.isArray(value) && value.every((name) => typeof name === "string") ? value.toSorted() : value
}
