import type { ConfigItem, JsonObject, JsonValue } from "@geartrain/spec"
import { escapeText } from "../output/escape-text.ts"
import { shellWord } from "../output/shell-word.ts"
import { type GearParameter, typesOf } from "../run/gear-flags.ts"
import { valueText } from "./value-text.ts"

/** What a gear can be given, as rows of a help: how it is typed, and what it is, with type, range, values and default. */
export function parameterRows(parameters: readonly GearParameter[]): (readonly [string, string])[] {
  return parameters.map((parameter) => [typedAs(parameter), saysOf(parameter)])
}

/** The shortest way to give a parameter that always works. */
export function typedAs(parameter: GearParameter): string {
  const { kind, name, flag, declared } = parameter
  if (kind === "file") {
    const value = parameter.added?.takes === "folder" ? "DIR" : "PATH"
    const typed = flag === undefined ? `--input ${shellWord(name)}=${value}` : `--${flag} ${value}`
    return parameter.added?.takes === "files" ? `${typed}…` : typed
  }
  if (kind === "context") return `--context ${shellWord(name)}=JSON`
  if (kind === "key") return `--key-file ${shellWord(name)}=PATH`
  const value = valueWord(declared)
  if (flag === undefined) return `--set ${shellWord(name)}=${value === "" ? "true" : value}`
  return value === "" ? `--[no-]${flag}` : `--${flag} ${value}`
}

function valueWord(declared: ConfigItem): string {
  const types = typesOf(declared)
  if (types.includes("boolean") && !types.includes("string")) return ""
  if (types.includes("array")) return "VALUE…"
  if (types.includes("integer")) return "INTEGER"
  return types.includes("number") ? "NUMBER" : "TEXT"
}

function saysOf(parameter: GearParameter): string {
  const { declared, kind, isRequired } = parameter
  const description = typeof declared["description"] === "string" ? escapeText(declared["description"]) : ""
  const facts = kind === "config" ? configFacts(declared) : inputFacts(declared, kind)
  const need = isRequired ? ["required"] : declared["default"] === undefined ? ["optional"] : []
  const told = [...need, ...addedFacts(parameter), ...facts].join("; ")
  return description === "" ? told : `${description}${told === "" ? "" : ` (${told})`}`
}

/** What the manifest says beyond the specification: how many, in which unit, and when it counts. */
function addedFacts({ added = {} }: GearParameter): string[] {
  const { takes, atLeast, atMost, unit, when, advanced } = added
  const bounds = [
    ...(atLeast === undefined ? [] : [`${atLeast} or more`]),
    ...(atMost === undefined ? [] : [`${atMost} at most`]),
  ]
  const conditions = Object.entries(when ?? {}).map(
    ([name, values]) => `${escapeText(name)} is ${values.map(valueText).join(" or ")}`,
  )
  return [
    ...(takes === undefined || takes === "file"
      ? []
      : [[`${takes === "files" ? "several files" : "a folder"}`, ...bounds].join(", ")]),
    ...(unit === undefined ? [] : [`in ${escapeText(unit)}`]),
    ...(conditions.length === 0 ? [] : [`counts only when ${conditions.join(" and ")}`]),
    ...(advanced === true ? ["advanced"] : []),
  ]
}

function configFacts(declared: ConfigItem): string[] {
  const values = declared["enum"]
  return [
    ...(Array.isArray(values) ? [`one of ${values.map(valueText).join(", ")}`] : []),
    ...rangeFacts(declared),
    ...(typeof declared["pattern"] === "string" ? [`matches ${escapeText(declared["pattern"])}`] : []),
    ...itemFacts(declared),
    ...(declared["default"] === undefined ? [] : [`default ${valueText(declared["default"])}`]),
  ]
}

/** Ranges in words: `1 to 8`, `above 0`, `at most 1`. */
function rangeFacts(declared: ConfigItem): string[] {
  const { minimum, maximum, multipleOf, minLength, maxLength } = declared
  const above = declared["exclusiveMinimum"] === true
  const below = declared["exclusiveMaximum"] === true
  const range =
    isNumber(minimum) && isNumber(maximum) && !above && !below
      ? [`${minimum} to ${maximum}`]
      : [
          ...(isNumber(minimum) ? [above ? `above ${minimum}` : `at least ${minimum}`] : []),
          ...(isNumber(maximum) ? [below ? `below ${maximum}` : `at most ${maximum}`] : []),
        ]
  return [
    ...range,
    ...(isNumber(multipleOf) ? [`a multiple of ${multipleOf}`] : []),
    ...(isNumber(minLength) ? [`${minLength} characters or more`] : []),
    ...(isNumber(maxLength) ? [`${maxLength} characters at most`] : []),
  ]
}

function itemFacts(declared: ConfigItem): string[] {
  const { items, minItems, maxItems } = declared
  const of = isObject(items) ? typesOf(items).join(" or ") : ""
  return [
    ...(of === "" ? [] : [`a list of ${of}`]),
    ...(isNumber(minItems) ? [`${minItems} or more`] : []),
    ...(isNumber(maxItems) ? [`${maxItems} at most`] : []),
  ]
}

function inputFacts(declared: JsonObject, kind: GearParameter["kind"]): string[] {
  if (kind === "key") return ["a key, read from a file"]
  if (kind === "context") return ["a value of the project"]
  const types = isObject(declared["type"]) ? declared["type"]["enum"] : undefined
  const name = isObject(declared["name"]) ? declared["name"]["pattern"] : undefined
  const size = isObject(declared["size"]) ? declared["size"]["maximum"] : undefined
  return [
    ...(Array.isArray(types) && types.length > 0 ? [`type ${types.map(valueText).join(" or ")}`] : []),
    ...(typeof name === "string" ? [`name matches ${escapeText(name)}`] : []),
    ...(isNumber(size) ? [`at most ${size} bytes`] : []),
  ]
}

function isNumber(value: JsonValue | undefined): value is number {
  return typeof value === "number"
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
