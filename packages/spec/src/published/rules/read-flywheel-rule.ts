import { faultAt, type RuleFault } from "../../job/rules/rule-fault.ts"
import { isJsonArray, isJsonObject, memberOf } from "../../json/json-kind.ts"
import type { JsonObject, JsonValue } from "../../json/json-value.ts"
import { type RuleReading, readRule } from "./read-rule.ts"

/**
 * Reads a gear rule as Flywheel's interface has it: lists `any`, `all` and `not` of `{type, value, regex}`. It means the same as there: no case,
 * regular expressions match from the start, no condition of `not` may hold, all of `all` have to, and one of `any` if there are any.
 *
 * @param gear  What the document's `gear_id` stands for.
 * @see Flywheel core 10, `gear-rule` of the API's schemas
 */
export function readFlywheelRule(
  document: JsonValue,
  gear: { readonly name: string; readonly version: string },
): RuleReading {
  if (!isJsonObject(document)) return { ok: false, faults: [faultAt([], "it is no object", "Write a gear rule")] }
  const faults: RuleFault[] = []
  const read = (list: "any" | "all" | "not"): readonly JsonObject[] => {
    const conditions = memberOf(document, list) ?? []
    if (!isJsonArray(conditions)) {
      faults.push(faultAt([list], `"${list}" is no list`, "Write a list of conditions"))
      return []
    }
    return conditions.slice(0, MOST_LISTED).flatMap((condition, index) => {
      const found = readCondition(condition)
      if (typeof found !== "string") return [found]
      faults.push(
        faultAt([list, index], found, `Write {"type": …, "value": …} with one of ${[...TYPES.keys()].join(", ")}`),
      )
      return []
    })
  }
  const [all, any, not] = [read("all"), read("any"), read("not")]
  const parts = [...all, ...(any.length === 0 ? [] : [{ any }]), ...not.map((condition) => ({ not: condition }))]
  if (parts.length === 0 && faults.length === 0) {
    faults.push(faultAt([], "it has no condition", 'Add one to "any", "all" or "not"'))
  }
  if (faults.length > 0) return { ok: false, faults }
  return readRule({
    rule: 1,
    name: memberOf(document, "name") ?? null,
    gear: { ...gear, ...(memberOf(document, "auto_update") === true ? { follows: "name" } : {}) },
    when: { all: parts },
    ...given("config", memberOf(document, "config")),
    ...given("fixed", fixedInputs(memberOf(document, "fixed_inputs"))),
    ...given("priority", PRIORITIES.get(String(memberOf(document, "priority") ?? ""))),
    ...given("disabled", memberOf(document, "disabled")),
  })
}

const MOST_LISTED = 200

/** Their words for what a condition looks at, and ours. */
const TYPES: ReadonlyMap<string, (test: JsonValue) => JsonObject> = new Map([
  ["file.type", (type: JsonValue): JsonObject => ({ type })],
  ["file.name", (name: JsonValue): JsonObject => ({ name })],
  ["file.modality", (modality: JsonValue): JsonObject => ({ modality })],
  ["file.classification", (classification: JsonValue): JsonObject => ({ classification })],
  ["file.tags", (tag: JsonValue): JsonObject => ({ tag })],
  ["container.has-type", (type: JsonValue): JsonObject => ({ holds: { type } })],
  ["container.has-classification", (classification: JsonValue): JsonObject => ({ holds: { classification } })],
])

const PRIORITIES: ReadonlyMap<string, number> = new Map([
  ["low", -50],
  ["medium", 0],
  ["high", 50],
  ["critical", 100],
])

function readCondition(condition: JsonValue): JsonObject | string {
  if (!isJsonObject(condition)) return "a condition is an object"
  const type = memberOf(condition, "type")
  const value = memberOf(condition, "value")
  const make = typeof type === "string" ? TYPES.get(type) : undefined
  if (make === undefined) return `${JSON.stringify(type ?? null)} is no type of a condition`
  if (typeof value !== "string" || value === "") return "a condition has a text as its value"
  return make(memberOf(condition, "regex") === true ? { regex: value } : value)
}

/** Files as Flywheel names them: by input, with their ids, or by place and name. */
function fixedInputs(list: JsonValue | undefined): JsonObject | undefined {
  if (!isJsonArray(list) || list.length === 0) return undefined
  return Object.fromEntries(
    list.filter(isJsonObject).map((fixed) => {
      const [id, name] = [memberOf(fixed, "id"), memberOf(fixed, "name")]
      const file = memberOf(fixed, "file_id") ?? `${String(id)}/files/${String(name)}`
      return [String(memberOf(fixed, "input")), file]
    }),
  )
}

function given(name: string, value: JsonValue | undefined): JsonObject {
  return value === undefined || value === null ? {} : { [name]: value }
}
