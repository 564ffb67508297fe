import type { JsonObject, JsonValue } from "@geartrain/spec"

/** A member of a document as a row of its reference page. */
export interface FieldRow {
  readonly name: string
  readonly isRequired: boolean
  readonly type: string
  readonly rules: string
  readonly says: string
}

/** The members of an object as rows, in the order of its schema. */
export function fieldRows(schema: JsonObject, prefix = ""): readonly FieldRow[] {
  const required = Array.isArray(schema["required"]) ? schema["required"] : []
  return Object.entries(objectOf(schema["properties"])).map(([name, value]) => {
    const member = objectOf(value)
    return {
      name: `${prefix}${name}`,
      isRequired: required.includes(name),
      type: typeWords(member),
      rules: ruleWords(member),
      says: typeof member["description"] === "string" ? member["description"] : "",
    }
  })
}

/**
 * The type that a schema asks for, in words.
 *
 * @example
 *   typeWords({ type: "array", items: { type: "string" } }) // => "array of texts"
 *   typeWords({}) // => "anything"
 */
export function typeWords(schema: JsonObject): string {
  const { type, const: fixed, enum: words, items, additionalProperties, properties } = schema
  if (fixed !== undefined) return `\`${JSON.stringify(fixed)}\``
  if (Array.isArray(words)) return "one of a list of words"
  if (type === "array") return `array of ${TYPE_PLURALS[String(objectOf(items)["type"])] ?? "values"}`
  if (type !== "object") return TYPE_NAMES[String(type)] ?? "anything"
  const values = objectOf(additionalProperties)
  if (properties !== undefined || Object.keys(values).length === 0) return "object"
  return `object of ${TYPE_PLURALS[String(values["type"])] ?? "declarations"} by name`
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: "text",
  boolean: "true or false",
  integer: "whole number",
  number: "number",
}

const TYPE_PLURALS: Readonly<Record<string, string>> = {
  string: "texts",
  boolean: "truth values",
  integer: "whole numbers",
  number: "numbers",
  object: "objects",
}

/**
 * The rules of a schema beyond its type, in words.
 *
 * @example
 *   ruleWords({ type: "string", maxLength: 100, pattern: "^a$" }) // => "at most 100 characters; matches `^a$`"
 */
export function ruleWords(schema: JsonObject): string {
  const { enum: words } = schema
  const list = Array.isArray(words)
    ? [words.length > MOST_WORDS ? `${words.length} words, below` : words.join(", ")]
    : []
  const rules = Object.entries(RULES).flatMap(([name, say]) => {
    const value = schema[name]
    return value === undefined ? [] : [say(value)]
  })
  return [...list, ...rules].join("; ")
}

/** More are given in a list of their own. */
const MOST_WORDS = 12

const RULES: Readonly<Record<string, (value: JsonValue) => string>> = {
  minLength: (value) => `at least ${value} characters`,
  maxLength: (value) => `at most ${value} characters`,
  minimum: (value) => `at least ${value}`,
  maximum: (value) => `at most ${value}`,
  pattern: (value) => `matches \`${value}\``,
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
}
