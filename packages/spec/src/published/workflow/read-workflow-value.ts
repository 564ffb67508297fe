import { isJsonObject, memberOf } from "../../json/json-kind.ts"
import type { JsonPath } from "../../json/json-path.ts"
import type { JsonObject, JsonValue } from "../../json/json-value.ts"
import { StepBudget } from "../../pattern/step-budget.ts"
import { validateDraft04 } from "../../schema/validate-draft-04.ts"
import { findWorkflowFaults } from "../../workflow/check/find-workflow-faults.ts"
import type { WorkflowFault } from "../../workflow/check/workflow-fault.ts"
import type { Workflow } from "../../workflow/workflow.ts"
import { WORKFLOW_SCHEMA } from "../workflow-schema.ts"
import { schemaFaults } from "./schema-faults.ts"

/** A document as a workflow. Where there are faults, `workflow` is what could be read in spite of them. */
export interface WorkflowReading {
  readonly workflow?: Workflow
  /** Parts that are there and could not be read, such as `steps.align`. */
  readonly broken: ReadonlySet<string>
  readonly faults: readonly WorkflowFault[]
}

/**
 * Reads a workflow that comes from outside, and tells all that is wrong with it at once: a step that cannot be read does not hide what is wrong with
 * the others. Nothing is known here of its gears and sub-workflows.
 *
 * @example
 *   readWorkflowValue({ workflow: 1, name: "w", steps: { a: { gaer: "g" } } }).faults[0].fix
 *   // => "Write gear: NAME@VERSION, or workflow: ./FILE"
 */
export function readWorkflowValue(value: JsonValue): WorkflowReading {
  const budget = new StepBudget(LEAST_STEPS + STEPS_A_VALUE * countValues(value))
  const violations = validateDraft04(WORKFLOW_SCHEMA, value, { budget })
  const faults = violations.flatMap((violation) => schemaFaults(violation, value))
  const broken = new Set<string>()
  const rest = violations.length === 0 ? value : withoutBroken(value, faults, broken)
  if (rest === undefined) return { broken, faults }
  const workflow = rest as unknown as Workflow
  return { workflow, broken, faults: [...faults, ...findWorkflowFaults(workflow, broken)] }
}

/** The schema is our own: to check a value takes 200 steps on average, whatever the workflow. */
const STEPS_A_VALUE = 1000
const LEAST_STEPS = 20_000_000

function countValues(value: JsonValue): number {
  if (typeof value !== "object" || value === null) return 1
  let count = 1
  for (const part of Object.values(value)) count += countValues(part)
  return count
}

const GROUPS: ReadonlySet<string> = new Set(["parameters", "inputs", "steps", "outputs"])

/** What is left without the parts that have faults; undefined where that is no workflow at all. */
function withoutBroken(
  value: JsonValue,
  faults: readonly WorkflowFault[],
  broken: Set<string>,
): JsonObject | undefined {
  if (!isJsonObject(value)) return undefined
  const members = new Map<string, JsonValue>(Object.entries(value))
  for (const { path } of faults) dropPart(members, path, broken)
  const steps = members.get("steps")
  if (!isJsonObject(steps)) return undefined
  return Object.fromEntries(members)
}

function dropPart(members: Map<string, JsonValue>, path: JsonPath, broken: Set<string>): void {
  const [group, name] = path.map(String)
  if (group === undefined) return
  const part = members.get(group)
  if (name === undefined || !GROUPS.has(group) || !isJsonObject(part)) {
    members.delete(group)
    return
  }
  if (memberOf(part, name) === undefined) return
  broken.add(`${group}.${name}`)
  members.set(group, Object.fromEntries(Object.entries(part).filter(([key]) => key !== name)))
}
