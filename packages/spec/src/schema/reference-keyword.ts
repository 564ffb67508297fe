import { isJsonArray, isJsonObject, memberOf, showJson } from "../json/json-kind.ts"
import type { JsonValue } from "../json/json-value.ts"
import { DRAFT_04, META_SCHEMA } from "./meta-schema.ts"
import type { SchemaCheck } from "./schema-check.ts"

/**
 * Goes on where a `$ref` points to: a JSON pointer into the schema's own document, or into the meta-schema of draft 4.
 *
 * Nothing is ever fetched. Another reference is a fault of the schema, noted as a violation.
 */
export function applyReference(check: SchemaCheck, reference: JsonValue): void {
  if (typeof reference !== "string") {
    check.fail("$ref", `the reference ${showJson(reference)} is no text`, { wanted: reference, culprit: "schema" })
    return
  }
  const [document = "", fragment = ""] = splitOnce(reference)
  const root = document === "" ? check.root : document === META_DOCUMENT ? META_SCHEMA : undefined
  const target = root === undefined ? undefined : follow(root, fragment)
  if (root === undefined || target === undefined) {
    check.fail("$ref", `the reference ${showJson(reference)} leads out of the schema, or to nothing in it`, {
      wanted: reference,
      culprit: "schema",
    })
  } else check.refer(target, root, ["$ref"])
}

const META_DOCUMENT = DRAFT_04.slice(0, -1)

function splitOnce(reference: string): readonly string[] {
  const hash = reference.indexOf("#")
  return hash === -1 ? [reference] : [reference.slice(0, hash), reference.slice(hash + 1)]
}

/** Follows a JSON pointer, RFC 6901, in the form that it has in an address. */
function follow(root: JsonValue, fragment: string): JsonValue | undefined {
  const pointer = decode(fragment)
  if (pointer === "") return root
  if (!pointer?.startsWith("/")) return undefined
  let value: JsonValue | undefined = root
  for (const step of pointer.slice(1).split("/")) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~")
    if (isJsonArray(value)) value = /^(?:0|[1-9][0-9]*)$/.test(name) ? value[Number(name)] : undefined
    else value = isJsonObject(value) ? memberOf(value, name) : undefined
    if (value === undefined) return undefined
  }
  return value
}

function decode(fragment: string): string | undefined {
  try {
    return decodeURIComponent(fragment)
  } catch {
    // A broken percent sign: it points to nothing.
    return undefined
  }
}
