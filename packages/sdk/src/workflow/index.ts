/** Workflows in TypeScript: the same model as workflow.yaml. */
export { caught, exists, matching, text, where } from "./source-words.ts"
export { type ScatterOptions, type WorkflowBuilder, type WorkflowOptions, workflow } from "./workflow.ts"
export type {
  ConfigValue,
  Each,
  FilesFrom,
  GearStepOptions,
  InputOptions,
  ItemOf,
  Items,
  OutputOf,
  ParameterOf,
  ParameterValues,
  StepRef,
  SubWorkflowStepOptions,
  ValueFrom,
} from "./workflow-parts.ts"
