import { readDuration, readSize } from "../../additions/amounts.ts"
import type { JsonPath } from "../../json/json-path.ts"
import type { StepPolicy, Workflow } from "../workflow.ts"
import type { WorkflowFault } from "./workflow-fault.ts"

/** What steps ask of a machine, what is done when they fail, and what may run at one time. */
export function findPolicyFaults({ steps, defaults, limits }: Workflow): readonly WorkflowFault[] {
  const faults = Object.entries(steps).flatMap(([name, step]) => policyFaults(["steps", name], step))
  if (defaults !== undefined) faults.push(...policyFaults(["defaults"], defaults))
  if (limits?.memory !== undefined) faults.push(...sizeFaults(["limits", "memory"], limits.memory))
  const used = new Set([defaults?.category, ...Object.values(steps).map(({ category }) => category)])
  // A sub-workflow may have steps of any category.
  const isClosed = Object.values(steps).every((step) => "gear" in step)
  for (const category of isClosed ? Object.keys(limits?.categories ?? {}) : []) {
    if (used.has(category)) continue
    const problem = `no step is of category "${category}"`
    faults.push({
      path: ["limits", "categories", category],
      problem,
      fix: `Say category: ${category} at a step, or remove it`,
    })
  }
  return faults
}

function policyFaults(path: JsonPath, { resources, retry }: StepPolicy): WorkflowFault[] {
  const faults: WorkflowFault[] = []
  for (const name of ["memory", "disk"] as const) {
    const size = resources?.[name]
    if (size !== undefined) faults.push(...sizeFaults([...path, "resources", name], size))
  }
  const time = resources?.time
  if (time !== undefined && readDuration(time) === undefined) {
    const problem = `${JSON.stringify(time)} is no duration`
    faults.push({ path: [...path, "resources", "time"], problem, fix: "Write it as 90s, 30m or 2h30m" })
  }
  if (retry?.grow !== undefined && retry.attempts === 1) {
    const problem = "nothing grows where there is one try only"
    faults.push({ path: [...path, "retry", "grow"], problem, fix: "Write attempts: 2 or more, or remove grow" })
  }
  return faults
}

function sizeFaults(path: JsonPath, size: string): readonly WorkflowFault[] {
  if (readSize(size) !== undefined) return []
  return [{ path, problem: `${JSON.stringify(size)} is no size`, fix: "Write it as 512m or 8g" }]
}
