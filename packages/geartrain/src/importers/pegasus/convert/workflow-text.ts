import type { JsonValue } from "@geartrain/spec"
import type { Workflow } from "@geartrain/spec/workflow"
import { readWorkflowValue } from "@geartrain/spec/workflow-reading"
import { stringify } from "yaml"
import { MOST_WORKFLOW_JSON_BYTES, MOST_WORKFLOW_YAML_BYTES } from "../../../documents/read-yaml.ts"
import { notConvertible } from "./not-convertible.ts"

/**
 * A workflow as YAML; as JSON with a line a step, which is YAML too, where it is larger than a workflow in YAML may be.
 *
 * @throws {GeartrainError} PEGASUS_NOT_CONVERTIBLE where it is larger than a workflow of ours may be, or would not be one.
 */
export function workflowText(workflow: Workflow, from: string): string {
  const steps = Object.keys(workflow.steps).length
  const json = jsonText(workflow)
  const bytes = Buffer.byteLength(json)
  if (bytes > MOST_WORKFLOW_JSON_BYTES) {
    throw notConvertible(
      from,
      `a step for each of its ${steps} jobs makes a document of ${bytes} bytes, and ${MOST_WORKFLOW_JSON_BYTES} are the most`,
      "Write it as a workflow with a scatter, one step for all jobs of a program, or take it over in parts",
    )
  }
  const [fault] = readWorkflowValue(JSON.parse(json) as JsonValue).faults
  if (fault !== undefined) {
    throw notConvertible(
      from,
      `its workflow of ${steps} steps would be none here: ${fault.path.join("/")}: ${fault.problem}`,
      fault.fix,
    )
  }
  // In YAML it is never shorter.
  const yaml = bytes > MOST_WORKFLOW_YAML_BYTES ? undefined : yamlText(workflow, from)
  return yaml === undefined || Buffer.byteLength(yaml) > MOST_WORKFLOW_YAML_BYTES ? json : yaml
}

function yamlText(workflow: Workflow, from: string): string {
  return `# Taken over from ${from.replaceAll(/[\r\n]/g, " ")}; see taken-over.md for what that means.\n${stringify(workflow, { aliasDuplicateObjects: false, lineWidth: 0 })}`
}

function jsonText(workflow: Workflow): string {
  const members = Object.entries(workflow).map(([name, value]) => {
    const key = JSON.stringify(name)
    if (typeof value !== "object") return `${key}: ${JSON.stringify(value)}`
    const lines = Object.entries(value as object).map(
      ([one, part]) => `  ${JSON.stringify(one)}: ${JSON.stringify(part)}`,
    )
    return `${key}: {\n${lines.join(",\n")}\n}`
  })
  return `{\n${members.join(",\n")}\n}\n`
}
