import { GeartrainError } from "@geartrain/spec"
import type { Workflow } from "@geartrain/spec/workflow"
import { stringify } from "yaml"

/** What a workflow's file may have at most. */
const MOST_BYTES = 4 * 1024 * 1024

/** A workflow as YAML. @throws {GeartrainError} PEGASUS_DOCUMENT_INVALID where it is larger than a workflow of ours may be. */
export function workflowText(workflow: Workflow, from: string): string {
  const text = `# Taken over from ${from.replaceAll(/[\r\n]/g, " ")}; see taken-over.md for what that means.\n${stringify(workflow, { aliasDuplicateObjects: false, lineWidth: 0 })}`
  const bytes = Buffer.byteLength(text)
  if (bytes <= MOST_BYTES) return text
  throw new GeartrainError(
    "PEGASUS_DOCUMENT_INVALID",
    `Cannot take over "${from}": a step for each of its ${Object.keys(workflow.steps).length} jobs makes a document of ${bytes} bytes, and ${MOST_BYTES} are the most`,
    {
      details: { file: from, bytes },
      hint: "Write it as a workflow with a scatter: one step for all jobs of a program",
    },
  )
}
