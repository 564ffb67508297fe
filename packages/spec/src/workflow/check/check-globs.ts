import type { JsonPath } from "../../json/json-path.ts"
import { readPathGlob } from "../glob/path-glob.ts"
import type { WorkflowFault } from "./workflow-fault.ts"

/** Says what is wrong with a pattern of paths. */
export function globFaults(pattern: string, path: JsonPath): readonly WorkflowFault[] {
  const result = readPathGlob(pattern)
  if (result.ok) return []
  const { at, problem, hint } = result.fault
  return [{ path, problem: `the pattern ${JSON.stringify(pattern)} is none: at ${at + 1}, ${problem}`, fix: hint }]
}

/** How many groups a pattern has that catch something; 0 for one that is none. */
export function groupsOf(pattern: string): number {
  const result = readPathGlob(pattern)
  return result.ok ? result.glob.groups : 0
}
