import { type JsonObject, type JsonValue, nearestName, type SchemaViolation, validateDraft04 } from "@geartrain/spec"
import { type DocumentFault, documentFaults, type YamlDocument } from "./read-yaml.ts"

/**
 * Holds a document against a schema, and gives it back as what the schema describes.
 *
 * @throws {GeartrainError} of the document's code, with every fault at its line.
 */
export function checkDocument<Type>(document: YamlDocument, schema: JsonObject): Type {
  const faults = validateDraft04(schema, document.value).flatMap((violation) => explain(violation, schema))
  if (faults.length > 0) throw documentFaults(document, faults)
  return document.value as Type
}

function explain(violation: SchemaViolation, schema: JsonObject): readonly DocumentFault[] {
  const { path, keyword, names, problem } = violation
  switch (keyword) {
    case "additionalProperties":
      return names.map((name) => ({
        path: [...path, name],
        problem: `"${name}" is not known here`,
        fix: fixUnknown(name, knownMembers(schema, violation)),
      }))
    case "required":
      return names.map((name) => ({ path, problem: `"${name}" is missing`, fix: `Add "${name}"` }))
    case "anyOf":
    case "oneOf":
      return explainForms(violation, schema)
    case "enum":
      return [{ path, problem, fix: fixWord(violation) }]
    default:
      return [{ path, problem, fix: FIXES[keyword] ?? "Write it as the schema says" }]
  }
}

const FIXES: Readonly<Record<string, string>> = {
  type: "Write a value of the type that is wanted",
  pattern: "Write it in the form that is wanted",
  minimum: "Write a larger number",
  maximum: "Write a smaller number",
  minItems: "Add an item, or remove the list",
  maxItems: "Remove items",
  minLength: "Write something",
  maxLength: "Shorten it",
  minProperties: "Say what is wanted of it",
  uniqueItems: "Remove the item that is there twice",
}

/** Of several forms, the one that was meant is the one that fits in kind. */
function explainForms(violation: SchemaViolation, schema: JsonObject): readonly DocumentFault[] {
  const { path, branches } = violation
  const likely = branches.filter(
    (branch) => !branch.some((inner) => inner.path.length === path.length && KIND_KEYWORDS.has(inner.keyword)),
  )
  const [meant] = likely
  if (likely.length === 1 && meant !== undefined && meant.length > 0) {
    return meant.flatMap((inner) => explain(inner, schema))
  }
  const forms = branches.map((branch) => branch[0]?.problem ?? "").filter((told) => told !== "")
  return [{ path, problem: forms.join("; or "), fix: "Write one of these forms" }]
}

const KIND_KEYWORDS = new Set(["type", "enum", "pattern"])

function fixUnknown(name: string, known: readonly string[]): string {
  const meant = nearestName(name, known)
  if (meant !== undefined) return `Rename it to "${meant}"`
  return known.length === 0 ? "Remove it" : `Remove it; there are ${known.join(", ")}`
}

function fixWord({ wanted, problem }: SchemaViolation): string {
  const words = Array.isArray(wanted) ? (wanted as readonly JsonValue[]).map(String) : []
  const found = /^found "([^"]*)"/.exec(problem)?.[1]
  const meant = found === undefined ? undefined : nearestName(found, words)
  return meant === undefined ? `Write ${words.join(" or ")}` : `Write ${meant}`
}

/** The members that the schema has at the place of the violation. */
function knownMembers(schema: JsonObject, { schemaPath }: SchemaViolation): readonly string[] {
  let at: JsonValue | undefined = schema
  for (const step of schemaPath.slice(0, -1)) {
    if (typeof at !== "object" || at === null) return []
    at = (at as Readonly<Record<string | number, JsonValue>>)[step]
  }
  const properties = (at as JsonObject | undefined)?.["properties"]
  return typeof properties === "object" && properties !== null ? Object.keys(properties) : []
}
