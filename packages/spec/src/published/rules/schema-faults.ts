import { FILE_PROPERTIES } from "../../job/rules/rule.ts"
import { faultAt, type RuleFault } from "../../job/rules/rule-fault.ts"
import { isJsonArray, isJsonObject, memberOf } from "../../json/json-kind.ts"
import type { JsonPath } from "../../json/json-path.ts"
import type { JsonObject, JsonValue } from "../../json/json-value.ts"
import type { SchemaViolation } from "../../schema/schema-violation.ts"
import { nearestName } from "../../text/did-you-mean.ts"
import { listWords } from "../../text/list-words.ts"
import { RULE_SCHEMA } from "../rule-schema.ts"

const TESTS = ["all", "any", "not", "holds", ...FILE_PROPERTIES, "metadata", "job", "madeBy"]

/** Tells a violation of the rule's schema in words that mend it. */
export function schemaFaults(violation: SchemaViolation, root: JsonValue): readonly RuleFault[] {
  const { path, keyword, names, problem } = violation
  if (keyword === "additionalProperties") {
    return names.map((name) => faultAt([...path, name], `"${name}" is not known here`, fixName(name, path)))
  }
  if (keyword === "required") return names.map((name) => faultAt(path, `"${name}" is missing`, `Add "${name}"`))
  const meant = keyword === "oneOf" ? meantForm(violation, root) : undefined
  if (meant !== undefined) return meant.flatMap((inner) => schemaFaults(inner, root))
  if (keyword === "oneOf") return [conditionFault(violation, root)]
  return [faultAt(path, problem, "Write it as the schema says")]
}

/** Of all forms of a condition, that one whose name is there. */
function meantForm({ branches, path }: SchemaViolation, root: JsonValue): readonly SchemaViolation[] | undefined {
  const value = valueAt(root, path)
  if (!isJsonObject(value) || branches.length !== TESTS.length) return undefined
  const named = TESTS.flatMap((name, index) => (Object.hasOwn(value, name) ? [index] : []))
  return named.length === 1 ? branches[named[0] ?? 0] : undefined
}

function conditionFault({ path, branches }: SchemaViolation, root: JsonValue): RuleFault {
  const value = valueAt(root, path)
  const names = isJsonObject(value) ? Object.keys(value) : []
  if (branches.length !== TESTS.length) {
    return faultAt(
      path,
      "a metadata test says in one way what is wanted",
      "Write one of equals, differs, below, atMost, above, atLeast, exists, matches",
    )
  }
  const [first] = names
  const wrong = names.find((name) => !TESTS.includes(name))
  if (names.length <= 1 && wrong !== undefined)
    return faultAt([...path, wrong], `"${wrong}" is no test`, fixName(wrong, path))
  if (first === undefined)
    return faultAt(path, "a condition is an object with one test", `Write one of ${listWords(TESTS, "or")}`)
  return faultAt(
    path,
    `${listWords(
      names.map((name) => `"${name}"`),
      "and",
    )} stand in one condition`,
    'Put each in an object of its own, within "all" or "any"',
  )
}

function fixName(name: string, path: JsonPath): string {
  const known = path.length === 0 ? Object.keys(RULE_SCHEMA["properties"] as JsonObject) : TESTS
  const meant = nearestName(name, known)
  return meant === undefined ? `Remove it; there are ${listWords(known, "and")}` : `Rename it to "${meant}"`
}

function valueAt(root: JsonValue, path: JsonPath): JsonValue | undefined {
  let value: JsonValue | undefined = root
  for (const step of path) {
    if (isJsonArray(value)) value = value[Number(step)]
    else value = isJsonObject(value) ? memberOf(value, String(step)) : undefined
  }
  return value
}
