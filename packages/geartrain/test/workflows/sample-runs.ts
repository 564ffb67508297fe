import type { PlannedJob, RunEvent, StepJobState, Workflow, WorkflowPlan } from "@geartrain/spec/workflow"
import { digest, jobId } from "../records/sample-records.ts"

/** A plan with its run, to test with what reads them: split → align for each part → merge, and a report that nothing waits for. */

export function sampleWorkflow(changes: Partial<Workflow> = {}): Workflow {
  return {
    workflow: 1,
    name: "lambda",
    description: "From reads to variants",
    parameters: { threads: { type: "integer", default: 2, description: "For each part" } },
    inputs: { reads: { type: "fastq", description: "What the sequencer gave" } },
    steps: {
      split: { gear: "split@1.0.0", inputs: { file: { from: "inputs.reads" } } },
      align: {
        gear: "align@1.0.0",
        scatter: { over: { part: { from: "steps.split", files: "part.*" } } },
        inputs: { part: { from: "each.part" } },
        config: { threads: { from: "parameters.threads" } },
      },
      merge: { gear: "merge@1.0.0", inputs: { parts: { from: "steps.align.bam" } }, resources: { memory: "1g" } },
    },
    outputs: { variants: { from: "steps.merge.out" } },
    ...changes,
  }
}

export function planned(key: string, changes: Partial<PlannedJob> = {}): PlannedJob {
  const step = key.replaceAll(/\[\d+\]/g, "")
  return {
    key,
    step,
    gear: digest(0xa001),
    config: {},
    inputs: {},
    after: [],
    action: "run",
    reason: { kind: "new" },
    policy: {},
    ...changes,
  }
}

export function samplePlan(parts = 3, changes: Partial<WorkflowPlan> = {}): WorkflowPlan {
  const aligns = Array.from({ length: parts }, (_, index) => `align[${index}]`)
  const document = changes.documents?.[""] ?? sampleWorkflow()
  return {
    format: "geartrain-plan/1",
    created: "2026-01-01T00:00:00.000Z",
    engine: "0.1.0",
    workflow: { name: document.name, digest: digest(0xf001), file: "/data/workflow.yaml" },
    documents: { "": document },
    parameters: { threads: 2 },
    inputs: { reads: [{ name: "reads.fq", digest: digest(1), sizeBytes: 1000, path: "/data/reads.fq" }] },
    gears: {
      "split@1.0.0": { id: digest(0xa001), name: "split", version: "1.0.0" },
      "align@1.0.0": { id: digest(0xa002), name: "align", version: "1.0.0" },
      "merge@1.0.0": { id: digest(0xa003), name: "merge", version: "1.0.0" },
    },
    options: { reuse: "any", cleanup: "none" },
    jobs: [
      planned("split", {
        action: "reuse",
        reason: { kind: "same" },
        reuses: jobId(1),
        inputs: { file: { takes: "file", parts: [{ name: "reads.fq", digest: digest(1), sizeBytes: 1000 }] } },
      }),
      ...aligns.map((key, index) =>
        planned(key, {
          gear: digest(0xa002),
          after: ["split"],
          each: { part: `part.${index}` },
          config: { threads: 2 },
          inputs: { part: { takes: "file", parts: [{ jobs: ["split"], files: `part.${index}` }] } },
        }),
      ),
      planned("merge", {
        gear: digest(0xa003),
        after: aligns,
        action: "await",
        reason: { kind: "awaits", jobs: aligns.slice(0, 10) },
        inputs: { parts: { takes: "files", parts: [{ jobs: aligns, output: "bam" }] } },
        limits: { memoryBytes: 2 ** 30 },
      }),
    ],
    open: [],
    cleanup: [],
    transfers: [],
    outputs: { variants: { takes: "file", parts: [{ jobs: ["merge"], output: "out" }] } },
    ...changes,
  }
}

/** Seconds after the beginning of the sample. */
export function second(seconds: number): string {
  return new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString()
}

export function jobEvent(at: number, key: string, state: StepJobState, more: object = {}): RunEvent {
  return { at: second(at), event: "job", key, state, attempt: 1, ...more }
}
