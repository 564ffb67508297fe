import { showJson } from "../../json/json-kind.ts"
import type { JsonPath } from "../../json/json-path.ts"
import { parameterProblem, wantedOf } from "../parameters/parameter-problem.ts"
import type { Workflow, WorkflowParameter } from "../workflow.ts"
import type { WorkflowFault } from "./workflow-fault.ts"

/** What parameters say of themselves has to agree: bounds with each other and with the type, choices and the default with all. */
export function findParameterFaults({ parameters = {} }: Workflow): readonly WorkflowFault[] {
  return Object.entries(parameters).flatMap(([name, parameter]) => oneParameter(["parameters", name], parameter))
}

function oneParameter(path: JsonPath, parameter: WorkflowParameter): readonly WorkflowFault[] {
  const rules = [...boundFaults(path, parameter), ...enumFaults(path, parameter)]
  if (rules.length > 0 || parameter.default === undefined) return rules
  const problem = parameterProblem(parameter, parameter.default)
  if (problem === undefined) return []
  return [{ path: [...path, "default"], problem, fix: `Write ${wantedOf(parameter)}, or remove the default` }]
}

function boundFaults(path: JsonPath, parameter: WorkflowParameter): readonly WorkflowFault[] {
  const { type, minimum, maximum } = parameter
  if (type === "string" || type === "boolean") {
    const named = (["minimum", "maximum"] as const).filter((bound) => parameter[bound] !== undefined)
    return named.map((bound) => ({
      path: [...path, bound],
      problem: `a ${type} has no ${bound}`,
      fix: "Remove it, or make the parameter an integer or a number",
    }))
  }
  if (minimum === undefined || maximum === undefined || minimum <= maximum) return []
  return [
    {
      path: [...path, "minimum"],
      problem: `the minimum ${minimum} is above the maximum ${maximum}`,
      fix: "Exchange them",
    },
  ]
}

function enumFaults(path: JsonPath, parameter: WorkflowParameter): readonly WorkflowFault[] {
  const seen = new Set<string>()
  return (parameter.enum ?? []).flatMap((choice, index) => {
    const at = [...path, "enum", index]
    const key = JSON.stringify(choice)
    if (seen.has(key)) return [{ path: at, problem: `${showJson(choice)} stands there twice`, fix: "Remove one" }]
    seen.add(key)
    const { enum: _, ...rules } = parameter
    const problem = parameterProblem(rules, parameter.type === "list" ? [choice] : choice)
    if (problem === undefined) return []
    const wanted = parameter.type === "list" ? "an item that the list may have" : wantedOf(rules)
    return [{ path: at, problem, fix: `Write ${wanted}` }]
  })
}
