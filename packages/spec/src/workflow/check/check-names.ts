import type { Workflow } from "../workflow.ts"
import { PART_NAME, STEP_NAME } from "../workflow-words.ts"
import type { WorkflowFault } from "./workflow-fault.ts"

/** Names of steps are parts of sources and of keys of jobs; the others are parts of sources. */
export function findNameFaults(workflow: Workflow): readonly WorkflowFault[] {
  return [
    ...badNames(workflow, "parameters"),
    ...badNames(workflow, "inputs"),
    ...badNames(workflow, "steps"),
    ...badNames(workflow, "outputs"),
    ...Object.entries(workflow.steps).flatMap(([step, { scatter }]) =>
      Object.keys(scatter?.over ?? {}).flatMap((name) =>
        nameFaults(name, ["steps", step, "scatter", "over", name], PART_NAME),
      ),
    ),
  ]
}

function badNames(workflow: Workflow, group: "parameters" | "inputs" | "steps" | "outputs"): readonly WorkflowFault[] {
  const pattern = group === "steps" ? STEP_NAME : PART_NAME
  return Object.keys(workflow[group] ?? {}).flatMap((name) => nameFaults(name, [group, name], pattern))
}

function nameFaults(name: string, path: readonly string[], pattern: RegExp): readonly WorkflowFault[] {
  if (pattern.test(name)) return []
  const first = pattern === STEP_NAME ? "a letter or a digit" : "a letter"
  return [
    {
      path,
      problem: `${JSON.stringify(name.slice(0, 100))} cannot be a name`,
      fix: `Rename it: a name begins with ${first}, and has up to 100 letters of a to z, digits, - and _`,
    },
  ]
}
