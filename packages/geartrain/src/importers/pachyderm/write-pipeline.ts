import type { Pipeline } from "@geartrain/spec/workflow"
import { stringify } from "yaml"

/** A pipeline as the text of `pipeline.yaml`. */
export function pipelineText(pipeline: Pipeline): string {
  return stringify(pipeline)
}
