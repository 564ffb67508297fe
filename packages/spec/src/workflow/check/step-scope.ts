import type { Workflow, WorkflowStep } from "../workflow.ts"

/** Where in a workflow a source stands, and what it can name there. */
export interface StepScope {
  readonly workflow: Workflow
  /** Absent for the workflow's outputs. */
  readonly step?: WorkflowStep
  /** Names that are there, but that nothing is known of, since what they name could not be read: `steps.align`. */
  readonly broken: ReadonlySet<string>
}

/** Whether the name is there, as something that could not be read. */
export function isBroken({ broken }: StepScope, group: "inputs" | "parameters" | "steps", name: string): boolean {
  return broken.has(`${group}.${name}`)
}
