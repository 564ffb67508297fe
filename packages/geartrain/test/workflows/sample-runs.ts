import type { JobId, JobRecord } from "@geartrain/spec"
import type { PlannedJob, RunEvent, StepJobState, Workflow, WorkflowPlan } from "@geartrain/spec/workflow"
import { type RunAccount, runAccount } from "../../src/workflows/report/run-account.ts"
import { foldRun, type RunHeader } from "../../src/workflows/run/fold-run.ts"
import { digest, job, jobId } from "../stores/records/sample-records.ts"

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
      split: { id: digest(0xa001), name: "split", version: "1.0.0" },
      align: { id: digest(0xa002), name: "align", version: "1.0.0" },
      merge: { id: digest(0xa003), name: "merge", version: "1.0.0" },
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

/**
 * A run of the sample: split is reused; align runs, its second job failing for want of memory and completing when it has more; its last job fails
 * for good, so that merge is lost.
 */
export function sampleEvents(parts = 3): readonly RunEvent[] {
  const aligns = Array.from({ length: parts }, (_, index) => index)
  return [
    { at: second(0), event: "run", state: "running", pid: 42, host: "lab" },
    jobEvent(0, "split", "reused", { attempt: 0, job: jobId(1) }),
    ...aligns.flatMap((index) => [
      jobEvent(1 + index, `align[${index}]`, "running", {
        job: jobId(10 + index),
        limits: { memoryBytes: 2 ** 20, cpuCores: 2 },
      }),
      jobEvent(3 + index, `align[${index}]`, index === 1 || index === parts - 1 ? "failed" : "complete", {
        job: jobId(10 + index),
      }),
    ]),
    jobEvent(10, "align[1]", "running", { attempt: 2, job: jobId(5), limits: { memoryBytes: 2 ** 21, cpuCores: 2 } }),
    jobEvent(14, "align[1]", "complete", { attempt: 2, job: jobId(5) }),
    jobEvent(15, "merge", "lost", { attempt: 0, why: `"align[${parts - 1}]" failed` }),
    { at: second(20), event: "run", state: "failed", why: "1 job failed, 1 was lost to it" },
  ]
}

/** The records of the sample's jobs, by id. */
export function sampleRecords(parts = 3): ReadonlyMap<JobId, JobRecord> {
  const ended = { started: second(1), ended: second(3) } as const
  const usage = { wallMs: 1500, cpuMs: 3000, peakMemoryBytes: 2 ** 19, readBytes: 100, writtenBytes: 50 } as const
  const measured = { ...ended, usage: { ...usage, method: "cgroup" } } as const
  const failure = (message: string, id: JobId): Partial<JobRecord> => ({
    ...measured,
    state: "failed",
    exit: { code: 3 },
    failure: {
      reason: "NONZERO_EXIT",
      culprit: "gear",
      message,
      evidence: "no such read group",
      next: `gear logs ${id}`,
    },
  })
  const bam = (index: number) => [{ path: "out.bam", digest: digest(0x100 + index), sizeBytes: 7, output: "bam" }]
  const aligns = Array.from({ length: parts }, (_, index) =>
    job(
      10 + index,
      index === 1 || index === parts - 1
        ? failure(`part.${index} ended with exit code 3`, jobId(10 + index))
        : { ...measured, state: "complete", exit: { code: 0 }, outputs: bam(index) },
    ),
  )
  const all = [
    job(1, { ...measured, state: "complete", outputs: [{ path: "part.0", digest: digest(2), sizeBytes: 5 }] }),
    job(5, { ...measured, state: "complete", exit: { code: 0 }, outputs: bam(1) }),
    ...aligns,
  ]
  return new Map(all.map((record) => [record.id, record]))
}

/** The sample as reports read it. */
export function sampleAccount(parts = 3, plan: WorkflowPlan = samplePlan(parts)): RunAccount {
  const header: RunHeader = {
    format: "geartrain-run/1",
    id: "0123456789abcdef01234567",
    name: plan.workflow.name,
    created: second(0),
    plan: digest(0xe001),
  }
  return runAccount({ header, plan, view: foldRun(plan, sampleEvents(parts)) }, sampleRecords(parts))
}
