import { GeartrainError, type JobId } from "@geartrain/spec"
import { type CleanupPolicy, readParameterTexts } from "@geartrain/spec/workflow"
import { expandInputs } from "../../engine/request/expand-inputs.ts"
import type { Settings } from "../../settings/settings.ts"
import { VERSION } from "../../settings/version.ts"
import { existsSync } from "../../system/files.ts"
import { readPlan } from "../../workflows/plan/document/read-plan.ts"
import { type FileReading, readGivenFiles } from "../../workflows/plan/given-files.ts"
import type { PlanMeans } from "../../workflows/plan/plan-request.ts"
import { type MadePlan, planWorkflow } from "../../workflows/plan/plan-workflow.ts"
import { gpuNotes } from "../../workflows/read/gpu-steps.ts"
import { readWorkflow } from "../../workflows/read/read-workflow.ts"
import { findRun, readRun } from "../../workflows/run/run-folder.ts"
import type { PlanningJobs } from "./planning-jobs.ts"

/** A workflow that somebody wants to have planned. */
export interface PlanWish {
  readonly file: string
  /** Paths by the name of the input. */
  readonly inputs: ReadonlyMap<string, readonly string[]>
  /** Parameters as `name=value`. */
  readonly parameters: readonly string[]
  /** `from`: a run, or the file of a plan. */
  readonly reuse: "any" | "none" | { readonly from: string }
  readonly cleanup: CleanupPolicy
}

export interface PlanningMeans {
  readonly history: PlanMeans["history"]
  readonly settings: Pick<Settings, "home">
  readonly jobs: PlanningJobs
  /** A server's runners carry it out: what they offer is theirs to tell. */
  readonly isForServer?: boolean
}

/**
 * Reads a workflow, checks it, reads its files for their digests, and plans it.
 *
 * @throws {GeartrainError} WORKFLOW_INVALID, WORKFLOW_PARAMETERS_INVALID, WORKFLOW_INPUTS_INVALID, INPUT_…, and what `planWorkflow` throws.
 */
export async function makePlan(wish: PlanWish, means: PlanningMeans): Promise<MadePlan> {
  const { history, settings, jobs, isForServer = false } = means
  const workflow = await readWorkflow(wish.file, jobs)
  const whole = workflow.documents.get("")?.workflow ?? { name: "" }
  const parameters = readParameterTexts(whole, wish.parameters)
  const files = await readGivenFiles(workflow, wish.inputs, fileReading(jobs))
  const reusable = typeof wish.reuse === "string" ? undefined : await jobsOf(wish.reuse.from, settings)
  const { plan, notes } = await planWorkflow(
    {
      workflow,
      parameters,
      ...files,
      options: { reuse: wish.reuse, cleanup: wish.cleanup },
      ...(reusable === undefined ? {} : { reusable }),
      engine: VERSION,
    },
    { jobs, history },
  )
  return { plan, notes: isForServer ? notes : [...gpuNotes(workflow.documents), ...notes] }
}

export function fileReading(jobs: Pick<PlanningJobs, "readFile">): FileReading {
  return {
    readFile: (path, name, input) => jobs.readFile(path, name, input),
    listFolder: async (path, input) => {
      const found = await expandInputs({ [input]: path }, { inputs: { [input]: { takes: "folder" } } })
      return Object.entries(found).map(([name, at]) => [name.slice(input.length + 1), at] as const)
    },
  }
}

/** The jobs whose results an earlier run, or a plan, stands on. */
async function jobsOf(from: string, { home }: Pick<Settings, "home">): Promise<ReadonlySet<JobId>> {
  const isFile = from.includes("/") || from.endsWith(".json") || existsSync(from)
  const jobs = new Set<JobId>()
  const { plan, events } = isFile
    ? { plan: await readPlan(from), events: [] }
    : await readRun(await findRun(`${home}/runs`, from))
  for (const { reuses } of plan.jobs) if (reuses !== undefined) jobs.add(reuses)
  for (const event of events) if (event.event === "job" && event.job !== undefined) jobs.add(event.job)
  if (isFile && jobs.size === 0) {
    throw new GeartrainError(
      "USAGE",
      `Cannot reuse from plan "${from}": it reuses nothing, and what became of it is in its runs`,
      {
        details: { from },
        hint: "Name the run: gear workflow ls",
      },
    )
  }
  return jobs
}
