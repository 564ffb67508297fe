import type { Digest, Gear, JobId } from "@geartrain/spec"
import { type PlannedInput, type PlannedJob, WORKFLOW_PLAN_FORMAT, type WorkflowPlan } from "@geartrain/spec/workflow"

/** A digest by a number. */
export function digestOf(number: number): Digest {
  return `sha256:${number.toString(16).padStart(64, "0")}`
}

/** A job's id by a number. */
export function idOf(number: number): JobId {
  return number.toString(16).padStart(24, "0")
}

export const SAMPLE_GEAR = { id: digestOf(0xfeed), name: "sample", version: "1.0.0" } as const

/** A job of a plan that reads the output `out` of others. */
export function plannedJob(key: string, reads: readonly string[] = [], more: Partial<PlannedJob> = {}): PlannedJob {
  const parts: PlannedInput["parts"] = reads.map((job) => ({ jobs: [job], output: "out" }))
  return {
    key,
    step: key.replace(/\[\d+\]/g, ""),
    gear: SAMPLE_GEAR.id,
    config: { key },
    inputs: reads.length === 0 ? {} : { from: { takes: "files", parts } },
    after: reads,
    action: reads.length === 0 ? "run" : "await",
    reason: reads.length === 0 ? { kind: "new" } : { kind: "awaits", jobs: reads.slice(0, 10) },
    policy: {},
    ...more,
  }
}

/** A plan of just these jobs. */
export function samplePlan(jobs: readonly PlannedJob[], more: Partial<WorkflowPlan> = {}): WorkflowPlan {
  return {
    format: WORKFLOW_PLAN_FORMAT,
    created: "2026-01-01T00:00:00.000Z",
    engine: "0.1.0",
    workflow: { name: "sample", digest: digestOf(1) },
    documents: { "": { workflow: 1, name: "sample", steps: {} } },
    parameters: {},
    inputs: {},
    gears: { sample: SAMPLE_GEAR },
    options: { reuse: "any", cleanup: "none" },
    jobs,
    open: [],
    cleanup: [],
    transfers: [],
    outputs: {},
    ...more,
  }
}

export const SAMPLE_STORED_GEAR = {
  ...{ id: SAMPLE_GEAR.id, platform: "linux/amd64", tree: digestOf(0xabc) },
  manifest: { name: SAMPLE_GEAR.name, version: SAMPLE_GEAR.version, inputs: {}, config: {} },
} as unknown as Gear
