import { isJsonArray } from "../../json/json-kind.ts"
import type { JsonPath } from "../../json/json-path.ts"
import type { JsonValue } from "../../json/json-value.ts"
import { readText } from "../sources/read-text.ts"
import { isTextValue, stepSources } from "../sources/walk-sources.ts"
import type { StepCondition } from "../step-condition.ts"
import type { ConfigSource, Scatter, WorkflowStep } from "../workflow.ts"
import { globFaults } from "./check-globs.ts"
import { findSourceFaults } from "./check-source.ts"
import { isBroken, type StepScope } from "./step-scope.ts"
import { unknownFault, type WorkflowFault } from "./workflow-fault.ts"

/** Everything that one step can get wrong without its gear being known. */
export function findStepFaults(name: string, step: WorkflowStep, scope: StepScope): readonly WorkflowFault[] {
  const values = "gear" in step ? step.config : step.parameters
  const group = "gear" in step ? "config" : "parameters"
  const within: readonly WorkflowFault[] = [
    ...stepSources(step).flatMap((found) => findSourceFaults(found, { ...scope, step })),
    ...afterFaults(step, scope),
    ...(step.scatter === undefined ? [] : scatterFaults(step.scatter)),
    ...Object.entries(values ?? {}).flatMap(([key, value]) => textFaults([group, key], value)),
    ...(step.when === undefined ? [] : conditionFaults(["when"], step.when)),
  ]
  return within.map((fault) => ({ ...fault, path: ["steps", name, ...fault.path] }))
}

function afterFaults({ after = [] }: WorkflowStep, scope: StepScope): readonly WorkflowFault[] {
  const { steps } = scope.workflow
  return after.flatMap((name, index) =>
    Object.hasOwn(steps, name) || isBroken(scope, "steps", name)
      ? []
      : [unknownFault(["after", index], "step", { name, known: Object.keys(steps) })],
  )
}

function scatterFaults({ over, by }: Scatter): readonly WorkflowFault[] {
  const lists = Object.entries(over)
  if (by === undefined && lists.length > 1) {
    return [
      {
        path: ["scatter"],
        problem: `it goes over ${lists.length} lists, and says not how`,
        fix: "Add by: zip for the first with the first, or by: cross for each with each",
      },
    ]
  }
  if (by !== "zip") return []
  const lengths = lists.flatMap(([name, source]) => (isJsonArray(source as JsonValue) ? [[name, source] as const] : []))
  const [first, ...others] = lengths.map(([name, source]) => ({
    name,
    length: (source as readonly JsonValue[]).length,
  }))
  return others.flatMap(({ name, length }) =>
    first === undefined || length === first.length
      ? []
      : [
          {
            path: ["scatter", "over", name],
            problem: `"${name}" has ${length} items, and "${first.name}" has ${first.length}; zip takes the first with the first`,
            fix: "Make them equally long, or write by: cross",
          },
        ],
  )
}

const SLOT = /\$\{\s*(?:each|parameters|inputs|steps)\./

function textFaults(path: JsonPath, value: ConfigSource): readonly WorkflowFault[] {
  if (isTextValue(value)) {
    if (readText(value.text) !== undefined) return []
    return [
      {
        path: [...path, "text"],
        problem: `it has a \${ that is not closed`,
        fix: `Add }, or write $\${ for \${ itself`,
      },
    ]
  }
  if (typeof value === "string" && SLOT.test(value)) {
    const problem = `${JSON.stringify(value)} is taken as it is, letter by letter`
    return [{ path, problem, fix: `Write { text: ${JSON.stringify(value)} } to have values put in` }]
  }
  return []
}

const COMPARISONS = ["equals", "in", "atLeast", "atMost", "fits"] as const

function conditionFaults(path: JsonPath, condition: StepCondition): readonly WorkflowFault[] {
  if ("all" in condition) {
    return condition.all.flatMap((part, index) => conditionFaults([...path, "all", index], part))
  }
  if ("any" in condition) {
    return condition.any.flatMap((part, index) => conditionFaults([...path, "any", index], part))
  }
  if ("not" in condition) return conditionFaults([...path, "not"], condition.not)
  if ("exists" in condition) return []
  const faults: WorkflowFault[] = []
  if (!COMPARISONS.some((name) => condition[name] !== undefined)) {
    faults.push({ path, problem: "it compares the value with nothing", fix: "Add equals, in, atLeast, atMost or fits" })
  }
  const { atLeast, atMost, fits } = condition
  if (atLeast !== undefined && atMost !== undefined && atLeast > atMost) {
    const problem = `nothing is at least ${atLeast} and at most ${atMost}`
    faults.push({ path: [...path, "atLeast"], problem, fix: "Exchange them" })
  }
  return fits === undefined ? faults : [...faults, ...globFaults(fits, [...path, "fits"])]
}
