import type { JsonObject } from "@geartrain/spec"
import { parameterItem, parameterProblem, type Workflow, wantedOf } from "@geartrain/spec/workflow"
import type { InputFace, OutputFace, StepFace, ValueFault } from "./step-face.ts"

/** What a sub-workflow takes and gives. @param outputs  What its outputs come to within it. */
export function workflowFace(workflow: Workflow, outputs: ReadonlyMap<string, OutputFace>): StepFace {
  const parameters = Object.entries(workflow.parameters ?? {})
  return {
    what: `workflow "${workflow.name}"`,
    inputs: new Map(
      Object.entries(workflow.inputs ?? {}).map(([name, { takes = "file", type, optional, default: given }]) => {
        const face: InputFace = {
          takes,
          isRequired: optional !== true && given === undefined,
          fitsType: (other) => type === undefined || type === other,
          wantedType: type === undefined ? undefined : JSON.stringify(type),
        }
        return [name, face] as const
      }),
    ),
    outputs,
    values: "parameters",
    items: new Map(parameters.map(([name, parameter]) => [name, parameterItem(parameter)] as const)),
    valueFaults: (values) => parameterFaults(workflow, values),
  }
}

function parameterFaults({ parameters = {} }: Workflow, values: JsonObject): readonly ValueFault[] {
  return Object.entries(parameters).flatMap(([name, parameter]): readonly ValueFault[] => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value === undefined) {
      if (parameter.default !== undefined) return []
      const problem = `parameter "${name}" has no default`
      return [{ name, path: [], isMissing: true, problem, fix: `Set it to ${wantedOf(parameter)}` }]
    }
    const problem = parameterProblem(parameter, value)
    if (problem === undefined) return []
    return [
      {
        name,
        path: [],
        isMissing: false,
        problem: `parameter "${name}": ${problem}`,
        fix: `Write ${wantedOf(parameter)}`,
      },
    ]
  })
}
