import { isJsonArray, jsonKind, showJson, textOf } from "../json/json-kind.ts"
import type { JsonValue } from "../json/json-value.ts"
import { listWords } from "../text/list-words.ts"
import { equalJson } from "./json-equality.ts"
import type { Keyword } from "./keyword.ts"
import type { SchemaCheck } from "./schema-check.ts"

/** The rules about values of every kind. */
export const VALUE_KEYWORDS: Readonly<Record<string, Keyword>> = {
  type(check, wanted) {
    const types = isJsonArray(wanted) ? wanted : [wanted]
    if (types.some((type) => hasType(check, type))) return
    const names = types.map((type) => TYPE_NAMES.get(textOf(type)) ?? `"${textOf(type)}"`)
    check.fail("type", `found ${showFound(check)}, wanted ${listWords(names, "or")}`, { wanted })
  },
  enum(check, wanted) {
    if (!isJsonArray(wanted) || wanted.some((member) => equalJson(member, check.value, check.run.budget))) return
    check.fail("enum", `found ${showJson(check.value)}, wanted ${showChoice(wanted)}`, { wanted })
  },
  format(check, wanted) {
    if (typeof check.value !== "string" || typeof wanted !== "string") return
    const problem = check.run.options.checkFormat?.(wanted, check.value)
    if (problem !== undefined) check.fail("format", problem, { wanted })
  },
}

/** The types as people say them. */
const TYPE_NAMES: ReadonlyMap<string, string> = new Map([
  ["array", "an array"],
  ["boolean", "true or false"],
  ["integer", "an integer"],
  ["null", "null"],
  ["number", "a number"],
  ["object", "an object"],
  ["string", "a string"],
])

function hasType(check: SchemaCheck, type: JsonValue): boolean {
  return type === "integer" ? check.isInteger() : type === jsonKind(check.value)
}

function showFound(check: SchemaCheck): string {
  const kind = jsonKind(check.value)
  if (kind === "null" || kind === "boolean") return showJson(check.value)
  if (kind === "number") return `the number ${check.run.options.numberText?.(check.path) ?? showJson(check.value)}`
  return `the ${kind} ${showJson(check.value)}`
}

// More choices than these are told by the manifest itself, not by a message.
const MOST_CHOICES = 12

function showChoice(choices: readonly JsonValue[]): string {
  const shown = choices.slice(0, MOST_CHOICES).map(showJson)
  const more = choices.length - shown.length
  if (more > 0) return `one of ${shown.join(", ")} and ${more} more`
  return shown.length === 1 ? shown.join() : `one of ${shown.join(", ")}`
}
