import type { JsonObject } from "@geartrain/spec"
import type { Rule, RuleCondition, TextTest } from "@geartrain/spec/rules"
import type { Queries } from "../../database/database.ts"
import { findMeantGear } from "../../rules/store/rule-gear.ts"
import type { ServerRule } from "../../rules/store/server-rule.ts"
import { timeOf } from "./words.ts"

/** A condition as Flywheel's rules have them. */
export interface ConditionShape {
  readonly type: string
  readonly value: string
  readonly regex: boolean
}

export interface RuleShape {
  readonly _id: string
  readonly project_id: string
  readonly name: string
  readonly gear_id: string | null
  readonly auto_update: boolean
  readonly disabled: boolean
  /** Conditions; all three are absent for a rule that says more than these can. */
  readonly any?: readonly ConditionShape[]
  readonly all?: readonly ConditionShape[]
  readonly not?: readonly ConditionShape[]
  readonly config?: JsonObject
  /** The rule in our own words. */
  readonly geartrain: Rule
  readonly created: string
  readonly modified: string
}

export async function ruleShape(queries: Queries, { id, project, rule, ...times }: ServerRule): Promise<RuleShape> {
  const gear = await findMeantGear(queries, rule.gear)
  return {
    _id: id,
    project_id: project,
    name: rule.name,
    gear_id: gear?.id ?? null,
    auto_update: rule.gear.follows === "name",
    disabled: rule.disabled === true,
    ...conditionsOf(rule),
    ...(rule.config === undefined ? {} : { config: rule.config }),
    geartrain: rule,
    ...{ created: timeOf(times.createdMs), modified: timeOf(times.modifiedMs) },
  }
}

type Conditions = Pick<RuleShape, "any" | "all" | "not">

/** The three lists that `readFlywheelRule` makes a tree of; none for any other tree, and for rules with more than one. */
function conditionsOf({ when, inputs, within, fixed, schedule, tags, loops }: Rule): Conditions {
  if ([inputs, within, fixed, schedule, tags, loops].some((part) => part !== undefined)) return {}
  if (when === undefined || !("all" in when)) return {}
  const any: ConditionShape[] = []
  const all: ConditionShape[] = []
  const not: ConditionShape[] = []
  for (const part of when.all) {
    const isAny = "any" in part
    if (isAny && any.length > 0) return {}
    const [list, parts] = isAny
      ? ([any, part.any] as const)
      : "not" in part
        ? ([not, [part.not]] as const)
        : ([all, [part]] as const)
    const told = parts.map(conditionOf)
    for (const condition of told) {
      if (condition === undefined) return {}
      list.push(condition)
    }
  }
  return { any, all, not }
}

const FILE_WORDS: Readonly<Record<string, string>> = {
  type: "file.type",
  name: "file.name",
  modality: "file.modality",
  classification: "file.classification",
  tag: "file.tags",
}

const PLACE_WORDS: Readonly<Record<string, string>> = {
  type: "container.has-type",
  classification: "container.has-classification",
}

function conditionOf(condition: RuleCondition): ConditionShape | undefined {
  const isOfPlace = "holds" in condition
  const test: object = isOfPlace ? condition.holds : condition
  const [[property, value] = [], ...more] = Object.entries(test) as [string, TextTest][]
  const words = isOfPlace ? PLACE_WORDS : FILE_WORDS
  const type = property !== undefined && Object.hasOwn(words, property) ? words[property] : undefined
  if (type === undefined || value === undefined || more.length > 0) return undefined
  if (typeof value === "string") return { type, value, regex: false }
  return "regex" in value ? { type, value: value.regex, regex: true } : undefined
}
