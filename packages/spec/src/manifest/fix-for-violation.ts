import { isJsonArray, showJson, textOf } from "../json/json-kind.ts"
import type { JsonValue } from "../json/json-value.ts"
import type { SchemaViolation } from "../schema/schema-violation.ts"
import { nearestName } from "../text/did-you-mean.ts"
import { LICENSES } from "./licenses.ts"

/**
 * Says what would mend a value that breaks a rule of the manifest.
 *
 * @param value  What stands there.
 */
export function fixFor(violation: SchemaViolation, value: JsonValue | undefined): string {
  const { path, keyword, wanted, names } = violation
  const [section, name] = path
  if (section === "name" && keyword === "pattern") return nameFix(value)
  if (section === "license" && keyword === "enum") return licenseFix(value)
  if (section === "environment" && keyword === "type") return `Write ${showJson(textOf(value ?? null))}`
  if (path.at(-1) === "type" && keyword === "anyOf") return typeFix(value)
  if (path.length === 2 && section === "config" && keyword === "type") {
    return `Write {"type": …, "default": ${showJson(value ?? null)}} as the value of "${name}"`
  }
  switch (keyword) {
    case "type":
      return typeChangeFix(wanted, value)
    case "maxLength":
      return `Shorten it to ${textOf(wanted)} characters`
    case "enum":
      return isJsonArray(wanted) && wanted.length <= 12
        ? `Write ${wanted.map(showJson).join(" or ")}`
        : "Write one of them"
    case "minItems":
      return "Put at least one item into it, or remove it"
    case "uniqueItems":
      return "Remove the item that is there twice"
    case "minimum":
      return "Write a larger number"
    case "required":
    case "dependencies":
      return `Add ${names.map((missing) => `"${missing}"`).join(", ")}`
    default:
      return "Write it as JSON Schema draft 4 has it"
  }
}

/** A name in the spelling that the rules ask for. */
function nameFix(value: JsonValue | undefined): string {
  const spelt = textOf(value ?? null)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
  return spelt === "" ? "Use only lower-case letters, digits and -" : `Write "${spelt}"`
}

/** Spellings of later lists of SPDX, and words that people use, for licences that the specification has under another name. */
const LICENSE_ALIASES: Readonly<Record<string, string>> = {
  apache: "Apache-2.0",
  apache2: "Apache-2.0",
  bsd: "BSD-3-Clause",
  gpl: "GPL-3.0",
  lgpl: "LGPL-3.0",
  none: "Other",
  proprietary: "Other",
  unlicense: "Other",
}

function licenseFix(value: JsonValue | undefined): string {
  const plain = textOf(value ?? null)
    .toLowerCase()
    .replaceAll(/-only$|-or-later$|\+$|\blicen[cs]e\b|[(),]/g, "")
    .trim()
  const known = LICENSES.find((license) => license.toLowerCase() === plain)
  const meant = known ?? (Object.hasOwn(LICENSE_ALIASES, plain) ? LICENSE_ALIASES[plain] : nearestName(plain, LICENSES))
  return meant === undefined ? 'Write an SPDX identifier such as "MIT", or "Other"' : `Write "${meant}"`
}

/** What the types of JSON Schema are called elsewhere. */
const TYPE_ALIASES: Readonly<Record<string, string>> = {
  bool: "boolean",
  dict: "object",
  double: "number",
  file: "string",
  float: "number",
  int: "integer",
  list: "array",
  map: "object",
  none: "null",
  numeric: "number",
  path: "string",
  str: "string",
  text: "string",
}

const TYPES = ["array", "boolean", "integer", "null", "number", "object", "string"]

function typeFix(value: JsonValue | undefined): string {
  const word = textOf(value ?? null).toLowerCase()
  const meant = Object.hasOwn(TYPE_ALIASES, word) ? TYPE_ALIASES[word] : nearestName(word, TYPES)
  return meant === undefined ? `Write one of ${TYPES.map(showJson).join(", ")}` : `Write "${meant}"`
}

/** How a value of the wrong type would be written with the right one. */
function typeChangeFix(wanted: JsonValue, value: JsonValue | undefined): string {
  const types = isJsonArray(wanted) ? wanted : [wanted]
  if (types.includes("boolean") && typeof value === "string") {
    if (/^(?:true|yes)$/i.test(value)) return "Write true, without quotes"
    if (/^(?:false|no)$/i.test(value)) return "Write false, without quotes"
  }
  const isNumber = types.includes("integer") || types.includes("number")
  if (isNumber && typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))) {
    return `Write ${Number(value)}, without quotes`
  }
  if (types.includes("integer") && typeof value === "number") return `Write ${Math.round(value)}`
  if (types.includes("string") && (typeof value === "number" || typeof value === "boolean")) {
    return `Write ${showJson(String(value))}`
  }
  if (types.includes("array") && value !== null && typeof value !== "object")
    return `Write [${showJson(value ?? null)}]`
  return `Write ${types.map((type) => TYPE_EXAMPLES[textOf(type)] ?? textOf(type)).join(" or ")}`
}

const TYPE_EXAMPLES: Readonly<Record<string, string>> = {
  array: "an array: […]",
  boolean: "true or false",
  integer: "an integer, without fraction",
  null: "null",
  number: "a number",
  object: "an object: {…}",
  string: 'a text: "…"',
}
