import { findCycles } from "../graph/step-graph.ts"
import type { Workflow } from "../workflow.ts"
import { findNameFaults } from "./check-names.ts"
import { findParameterFaults } from "./check-parameters.ts"
import { findPolicyFaults } from "./check-policy.ts"
import { findSourceFaults } from "./check-source.ts"
import { findStepFaults } from "./check-step.ts"
import type { StepScope } from "./step-scope.ts"
import type { WorkflowFault } from "./workflow-fault.ts"

/**
 * Everything that is wrong with a workflow as far as it can be told without its gears: names, parameters, sources that lead nowhere or to the
 * wrong kind, scatters, conditions, cycles.
 *
 * @param workflow  What its schema accepts.
 * @param broken  Parts that are there and could not be read, such as `steps.align`: what names them is not said to be wrong.
 * @example
 *   findWorkflowFaults({ workflow: 1, name: "w", steps: { a: { gear: "g", after: ["a"] } } })[0].problem
 *   // => 'step "a" waits for itself'
 */
export function findWorkflowFaults(
  workflow: Workflow,
  broken: ReadonlySet<string> = new Set(),
): readonly WorkflowFault[] {
  const scope: StepScope = { workflow, broken }
  return [
    ...findNameFaults(workflow),
    ...findParameterFaults(workflow),
    ...Object.entries(workflow.steps).flatMap(([name, step]) => findStepFaults(name, step, scope)),
    ...Object.entries(workflow.outputs ?? {}).flatMap(([name, source]) =>
      findSourceFaults({ ...source, of: "output", path: ["outputs", name, "from"] }, scope),
    ),
    ...findPolicyFaults(workflow),
    ...cycleFaults(workflow),
  ]
}

const MOST_NAMED = 20

function cycleFaults(workflow: Workflow): readonly WorkflowFault[] {
  return findCycles(workflow).map((cycle) => {
    const [first = ""] = cycle
    const path = ["steps", first]
    if (cycle.length === 1) {
      return { path, problem: `step "${first}" waits for itself`, fix: "Let it read of another step, or of an input" }
    }
    const shown =
      cycle.length <= MOST_NAMED ? cycle : [...cycle.slice(0, MOST_NAMED), `… ${cycle.length - MOST_NAMED} more`]
    const problem = `steps wait for each other: ${[...shown, first].join(" → ")}`
    return { path, problem, fix: "Take one of these connections out" }
  })
}
