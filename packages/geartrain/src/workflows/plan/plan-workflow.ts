import type { Gear, JobId } from "@geartrain/spec"
import {
  type KnownFile,
  type OpenStep,
  type PlannedInput,
  type PlannedJob,
  WORKFLOW_PLAN_FORMAT,
  type WorkflowPlan,
} from "@geartrain/spec/workflow"
import { nowIso } from "../../system/clock.ts"
import { decideJobs } from "./decide/decide-jobs.ts"
import { explainRuns } from "./decide/explain-runs.ts"
import { FactsSoFar } from "./decide/facts-so-far.ts"
import { fillBytes } from "./decide/fill-bytes.ts"
import { expectFigures } from "./effects/expect-figures.ts"
import { listTransfers } from "./effects/list-transfers.ts"
import { placeCleanup } from "./effects/place-cleanup.ts"
import type { DraftJob } from "./expand/draft-job.ts"
import { expandWorkflow } from "./expand/expand-workflow.ts"
import { MOST_JOBS, tooLarge } from "./expand/scatter.ts"
import { NOTHING, type Scope } from "./expand/scope.ts"
import { sourceParts } from "./expand/source-parts.ts"
import type { PlanMeans, PlanRequest } from "./plan-request.ts"

/** A plan, and what its reader should know besides. */
export interface MadePlan {
  readonly plan: WorkflowPlan
  /** Sentences without full stop. */
  readonly notes: readonly string[]
}

/**
 * Decides everything that a run of a workflow will do: which jobs there are, which of them run and why, which are there already, what moves and
 * what is cleaned up. Nothing is run, and nothing is written. The time that it takes grows with the number of jobs and of their edges.
 *
 * @throws {GeartrainError} INVOCATION_INVALID and CAPABILITY_MISSING where a job cannot be run as it is; WORKFLOW_FILES_UNFIT; WORKFLOW_TOO_LARGE;
 *   GLOB_TOO_COSTLY.
 */
export async function planWorkflow(request: PlanRequest, means: PlanMeans): Promise<MadePlan> {
  const { workflow, options } = request
  const facts = new FactsSoFar()
  const planned: PlannedJob[] = []
  const gears = new Map<string, Gear>()
  const open: OpenStep[] = []
  const notes: string[] = []
  const reasons = explainRuns(means.history)
  const decide = async (drafts: readonly DraftJob[]): Promise<void> => {
    if (planned.length + drafts.length > MOST_JOBS)
      throw tooLarge(drafts[0]?.step ?? "", planned.length + drafts.length)
    const deciding = { jobs: means.jobs, facts, reuse: options.reuse, reasons, ...reusableOf(request) }
    for (const { job, same } of await decideJobs(drafts, deciding)) {
      planned.push(job)
      if (same !== undefined) facts.note(job.key, same.outputs)
      else if (job.action === "skip") facts.note(job.key, "skipped")
    }
    for (const { gear } of drafts) gears.set(gear.id, gear)
  }
  const whole = wholeScope(request)
  await expandWorkflow([whole], {
    workflow,
    files: request.files,
    facts,
    onJobs: decide,
    onOpen: (step) => open.push(step),
    onNote: (note) => notes.push(note),
  })
  const outputs = outputsOf(whole)
  const filled = await fillBytes(planned, { facts, outputs, presence: means.jobs.presence })
  const jobs = await expectFigures(filled, { gears, history: means.history })
  const plan: WorkflowPlan = {
    format: WORKFLOW_PLAN_FORMAT,
    created: nowIso(),
    engine: request.engine,
    workflow: {
      name: whole.workflow.name,
      digest: workflow.digest,
      ...(workflow.file === undefined ? {} : { file: workflow.file }),
    },
    documents: Object.fromEntries([...workflow.documents].map(([path, document]) => [path, document.workflow])),
    parameters: request.parameters,
    inputs: request.inputs,
    ...(Object.keys(request.files).length === 0 ? {} : { files: request.files }),
    gears: Object.fromEntries(
      [...workflow.gears].map(([step, { id, manifest }]) => [
        step,
        { id, name: manifest.name, version: manifest.version },
      ]),
    ),
    options,
    jobs,
    open,
    cleanup: placeCleanup({ jobs, open, outputs, policy: options.cleanup }),
    transfers: listTransfers(jobs, { outputs, facts }),
    outputs,
  }
  return { plan, notes }
}

function reusableOf({ reusable }: PlanRequest): { readonly reusable?: ReadonlySet<JobId> } {
  return reusable === undefined ? {} : { reusable }
}

/** The workflow itself, with what its user gives it. */
export function wholeScope({
  workflow,
  parameters,
  inputs,
}: Pick<PlanRequest, "parameters" | "inputs"> & {
  readonly workflow: Pick<PlanRequest["workflow"], "documents">
}): Scope {
  const document = workflow.documents.get("")?.workflow
  if (document === undefined) throw new RangeError("The workflow was not checked: it has no document")
  return {
    path: "",
    key: "",
    workflow: document,
    parameters,
    inputs: new Map<string, readonly KnownFile[]>(Object.entries(inputs)),
    results: new Map(),
    policy: document.defaults ?? {},
    after: NOTHING,
    toldBy: [],
  }
}

function outputsOf(whole: Scope): Readonly<Record<string, PlannedInput>> {
  return Object.fromEntries(
    Object.entries(whole.workflow.outputs ?? {}).map(([name, source]) => [
      name,
      { takes: "files" as const, parts: sourceParts(source, whole) },
    ]),
  )
}
