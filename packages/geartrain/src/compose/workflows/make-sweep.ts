import { canonicalJson, type JobId, type JsonObject, type JsonValue } from "@geartrain/spec"
import type { CleanupPolicy } from "@geartrain/spec/workflow"
import { VERSION } from "../../settings/version.ts"
import { sha256 } from "../../system/hash.ts"
import { readGivenFiles } from "../../workflows/plan/given-files.ts"
import type { PlanRequest } from "../../workflows/plan/plan-request.ts"
import { type MadePlan, planWorkflow } from "../../workflows/plan/plan-workflow.ts"
import type { RunJob } from "../../workflows/run/fold-run.ts"
import { type Collected, collectedFile, valueAt } from "../../workflows/sweep/collect-values.ts"
import type { SweptJob } from "../../workflows/sweep/sweep-table.ts"
import { SWEEP_STEP, type Sweep, sweepWorkflow } from "../../workflows/sweep/sweep-workflow.ts"
import type { Engine } from "../open-engine.ts"
import { fileReading } from "./make-plan.ts"
import type { PlanningJobs } from "./planning-jobs.ts"

/** A sweep that somebody wants to have planned. */
export interface SweepWish {
  readonly sweep: Sweep
  /** Paths by the name of the input. */
  readonly files: ReadonlyMap<string, readonly string[]>
  readonly reuse: "any" | "none"
  /** What paths go from. */
  readonly folder: string
}

/**
 * Plans a sweep as the workflow that it is.
 *
 * @throws {GeartrainError} USAGE, WORKFLOW_INPUTS_INVALID, INPUT_…, INVOCATION_INVALID, WORKFLOW_TOO_LARGE
 */
export async function planSweep(
  { sweep, files, reuse, folder }: SweepWish,
  { engine, jobs }: { readonly engine: Engine; readonly jobs: PlanningJobs },
): Promise<MadePlan> {
  const whole = sweepWorkflow(sweep)
  const workflow: PlanRequest["workflow"] = {
    digest: sha256(Buffer.from(canonicalJson(whole as unknown as JsonObject))),
    documents: new Map([["", { folder, workflow: whole }]]),
    gears: new Map([[SWEEP_STEP, sweep.gear]]),
  }
  const given = await readGivenFiles(workflow, files, fileReading(jobs))
  const cleanup: CleanupPolicy = "none"
  return await planWorkflow(
    { workflow, parameters: {}, ...given, options: { reuse, cleanup }, engine: VERSION },
    { jobs, history: engine.stores.history },
  )
}

/** A document that values are picked from. */
const MOST_BYTES = 16 * 1024 * 1024

/** Brings the records of a sweep's jobs, and the values that are to be collected of their outputs. */
export async function collectSweep(
  jobs: readonly RunJob[],
  wanted: readonly Collected[],
  engine: Engine,
): Promise<readonly SweptJob[]> {
  const swept: SweptJob[] = []
  for (const job of jobs) {
    const record = job.job === undefined ? undefined : await engine.jobs.get(job.job as JobId)
    const documents = new Map<string, JsonValue | undefined>()
    const collected: (JsonValue | undefined)[] = []
    for (const one of wanted) {
      const file = record?.state === "complete" ? collectedFile(one, record.outputs) : undefined
      if (file !== undefined && !documents.has(file.digest))
        documents.set(file.digest, await readDocument(file, engine))
      const document = file === undefined ? undefined : documents.get(file.digest)
      collected.push(document === undefined ? undefined : valueAt(document, one.pointer))
    }
    swept.push({ job, collected, ...(record === undefined ? {} : { record }) })
  }
  return swept
}

/** Nothing for what is no JSON, is too large for a document of figures, or is stored no more: the cell stays empty. */
async function readDocument(
  file: { readonly digest: Parameters<Engine["blobs"]["get"]>[0]; readonly sizeBytes: number },
  { blobs }: Engine,
): Promise<JsonValue | undefined> {
  if (file.sizeBytes > MOST_BYTES || (await blobs.stat(file.digest)) === undefined) return undefined
  const chunks: Uint8Array[] = []
  for await (const chunk of blobs.get(file.digest)) chunks.push(chunk)
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8")) as JsonValue
  } catch {
    return undefined
  }
}
