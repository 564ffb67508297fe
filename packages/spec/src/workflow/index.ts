/** Workflows: the document, the plan of it, and what happens in a run. */

export { findWorkflowFaults } from "./check/find-workflow-faults.ts"
export type { WorkflowFault } from "./check/workflow-fault.ts"
export type { GlobFault } from "./glob/glob-node.ts"
export { compilePathGlob, type PathGlob, type PathGlobResult, readPathGlob } from "./glob/path-glob.ts"
export { findCycles, orderSteps, stepsBefore } from "./graph/step-graph.ts"
export { parameterItem, parameterProblem, wantedOf } from "./parameters/parameter-problem.ts"
export { readParameters, readParameterTexts } from "./parameters/read-parameters.ts"
export type { ArchiveQuery, Pipeline, PipelineInput, RecoverGear } from "./pipeline/pipeline.ts"
export type { RunEvent, RunId, RunState, StepJobState } from "./run-event.ts"
export { type NamedSource, readSource } from "./sources/read-source.ts"
export { readText, type TextPart } from "./sources/read-text.ts"
export {
  type FoundSource,
  isFileSource,
  isFromValue,
  isTextValue,
  stepSources,
} from "./sources/walk-sources.ts"
export type { StepCondition, ValueCondition } from "./step-condition.ts"
export type {
  ConfigSource,
  FileSource,
  GearStep,
  InputSource,
  Retry,
  RetryCause,
  Scatter,
  ScatterSource,
  StepPolicy,
  SubWorkflowStep,
  Workflow,
  WorkflowInput,
  WorkflowLimits,
  WorkflowParameter,
  WorkflowStep,
} from "./workflow.ts"
export {
  type AwaitedFiles,
  type CleanupPolicy,
  type KnownFile,
  type OpenFiles,
  type OpenStep,
  type PlanAction,
  type PlannedCleanup,
  type PlannedInput,
  type PlannedJob,
  type PlannedTransfer,
  type PlanReason,
  WORKFLOW_PLAN_FORMAT,
  type WorkflowPlan,
} from "./workflow-plan.ts"
