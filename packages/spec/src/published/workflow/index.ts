export { readWorkflowValue, type WorkflowReading } from "./read-workflow-value.ts"
