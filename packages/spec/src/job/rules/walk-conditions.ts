import type { JsonPath } from "../../json/json-path.ts"
import type { Rule, RuleCondition } from "./rule.ts"

/** A condition, where it stands in its rule, and how deep. */
export interface FoundCondition {
  readonly condition: RuleCondition
  readonly path: JsonPath
  /** 1 for one that is in no other. */
  readonly depth: number
  /** It is about some file of the place. */
  readonly held: boolean
}

/** All conditions of a rule, each before those in it. */
export function* walkConditions(rule: Pick<Rule, "when" | "inputs">): Generator<FoundCondition> {
  if (rule.when !== undefined) yield* walk({ condition: rule.when, path: ["when"], depth: 1, held: false })
  for (const [input, condition] of Object.entries(rule.inputs ?? {})) {
    yield* walk({ condition, path: ["inputs", input], depth: 1, held: false })
  }
}

function* walk(found: FoundCondition): Generator<FoundCondition> {
  yield found
  const { condition, path, held } = found
  const depth = found.depth + 1
  if ("not" in condition) yield* walk({ condition: condition.not, path: [...path, "not"], depth, held })
  else if ("holds" in condition) {
    yield* walk({ condition: condition.holds, path: [...path, "holds"], depth, held: true })
  } else if ("all" in condition || "any" in condition) {
    const [name, parts] = "all" in condition ? ["all", condition.all] : ["any", condition.any]
    for (const [index, part] of parts.entries()) {
      yield* walk({ condition: part, path: [...path, name, index], depth, held })
    }
  }
}

/** Whether a rule looks at something anywhere. */
export function mentions(rule: Pick<Rule, "when" | "inputs">, test: (condition: RuleCondition) => boolean): boolean {
  for (const { condition } of walkConditions(rule)) if (test(condition)) return true
  return false
}
