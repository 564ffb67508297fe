import { readMetadataPath } from "../../job/rules/metadata-path.ts"
import { DEEPEST_CONDITION, FILE_PROPERTIES, MOST_CONDITIONS, type Rule } from "../../job/rules/rule.ts"
import { faultAt, type RuleFault } from "../../job/rules/rule-fault.ts"
import { anchoredPattern, globPattern } from "../../job/rules/text-pattern.ts"
import { readVersionRange } from "../../job/rules/version-range.ts"
import { type FoundCondition, walkConditions } from "../../job/rules/walk-conditions.ts"
import { isJsonArray, isJsonObject, memberOf } from "../../json/json-kind.ts"
import type { JsonPath } from "../../json/json-path.ts"
import type { JsonValue } from "../../json/json-value.ts"
import { unfitJson } from "../../json/unfit-json.ts"
import { validateDraft04 } from "../../schema/validate-draft-04.ts"
import { RULE_SCHEMA } from "../rule-schema.ts"
import { schemaFaults } from "./schema-faults.ts"

export type RuleReading =
  | { readonly ok: true; readonly rule: Rule }
  | { readonly ok: false; readonly faults: readonly RuleFault[] }

/**
 * Reads a rule that comes from outside, and tells all that is wrong with it. Whether there is such a gear, with such inputs, is not known here.
 *
 * @example
 *   readRule({ rule: 1, name: "a", gear: { name: "bet", version: "1" }, when: { tpye: "dicom" } }).faults[0].fix // => 'Rename it to "type"'
 */
export function readRule(value: JsonValue): RuleReading {
  const unfit = unfitJson(value)
  if (unfit !== undefined) return { ok: false, faults: [faultAt([], `it ${unfit}`, "Write another value")] }
  const tooDeep = findTooMany(value)
  if (tooDeep !== undefined) return { ok: false, faults: [tooDeep] }
  const violations = validateDraft04(RULE_SCHEMA, value)
  if (violations.length > 0) {
    return {
      ok: false,
      faults: violations.flatMap((violation) => schemaFaults(violation, value)).slice(0, MOST_FAULTS),
    }
  }
  const rule = value as unknown as Rule
  const faults = [...walkConditions(rule)].flatMap(conditionFaults)
  return faults.length > 0 ? { ok: false, faults: faults.slice(0, MOST_FAULTS) } : { ok: true, rule }
}

const MOST_FAULTS = 20

/** Bounds the work on conditions before any schema is asked. */
function findTooMany(value: JsonValue): RuleFault | undefined {
  if (!isJsonObject(value)) return undefined
  let count = 0
  const visit = (condition: JsonValue | undefined, path: JsonPath): RuleFault | undefined => {
    if (!isJsonObject(condition)) return undefined
    count++
    if (count > MOST_CONDITIONS) {
      return faultAt(path, `there are more than ${MOST_CONDITIONS} conditions`, "Make two rules of it")
    }
    // `when` and each step down take one or two names of the path.
    for (const name of ["not", "holds"]) {
      const found = visit(memberOf(condition, name), [...path, name])
      if (found !== undefined) return found
    }
    for (const name of ["all", "any"]) {
      const parts = memberOf(condition, name)
      for (const [index, part] of isJsonArray(parts) ? parts.entries() : []) {
        const found = visit(part, [...path, name, index])
        if (found !== undefined) return found
      }
    }
    return undefined
  }
  const inputs = memberOf(value, "inputs")
  const roots: readonly (readonly [JsonValue | undefined, JsonPath])[] = [
    [memberOf(value, "when"), ["when"]],
    ...(isJsonObject(inputs)
      ? Object.entries(inputs).map(([name, condition]) => [condition, ["inputs", name]] as const)
      : []),
  ]
  for (const [condition, path] of roots) {
    const found = visit(condition, path)
    if (found !== undefined) return found
  }
  return undefined
}

/** What the schema cannot say of a condition. */
function conditionFaults({ condition, path, depth, held }: FoundCondition): readonly RuleFault[] {
  if (depth > DEEPEST_CONDITION) {
    // One fault tells it: those within are deeper still.
    return depth === DEEPEST_CONDITION + 1
      ? [faultAt(path, `conditions lie more than ${DEEPEST_CONDITION} deep`, "Write it flatter")]
      : []
  }
  if (held && ("holds" in condition || "job" in condition)) {
    return [faultAt(path, "what some file of the place fits is about that file alone", 'Take it out of "holds"')]
  }
  if ("metadata" in condition) {
    const reading = readMetadataPath(condition.metadata)
    if (typeof reading === "string")
      return [faultAt([...path, "metadata"], reading, "Write for example session.info.age")]
    return condition.matches === undefined ? [] : patternFaults(condition.matches, [...path, "matches"], "regex")
  }
  const wanted = "job" in condition ? condition.job : "madeBy" in condition ? condition.madeBy : undefined
  if (wanted !== undefined) {
    if (wanted.versions === undefined || readVersionRange(wanted.versions) !== undefined) return []
    const at = [...path, "job" in condition ? "job" : "madeBy", "versions"]
    return [faultAt(at, `"${wanted.versions}" is no range of versions`, "Write for example >=1.2 <2")]
  }
  return FILE_PROPERTIES.flatMap((property) => {
    const test = (condition as Readonly<Record<string, string | { readonly regex: string }>>)[property]
    if (test === undefined) return []
    if (typeof test !== "string") return patternFaults(test.regex, [...path, property, "regex"], "regex")
    return property === "name" || property === "zipMember" ? patternFaults(test, [...path, property], "glob") : []
  })
}

function patternFaults(pattern: string, path: JsonPath, kind: "regex" | "glob"): readonly RuleFault[] {
  const reading = kind === "glob" ? globPattern(pattern) : anchoredPattern(pattern, { ignoreCase: true })
  return reading.ok
    ? []
    : [faultAt(path, `"${pattern.slice(0, 100)}" cannot be matched: ${reading.problem}`, "Write another pattern")]
}
