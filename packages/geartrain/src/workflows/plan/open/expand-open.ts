import type { JobHistory } from "@geartrain/ports"
import { type Gear, GeartrainError } from "@geartrain/spec"
import { type OpenStep, type PlannedJob, stepsBefore, type Workflow, type WorkflowPlan } from "@geartrain/spec/workflow"
import type { GivenFiles } from "../../orders/take-inputs.ts"
import type { WorkflowJobs } from "../../workflow-jobs.ts"
import { type DecidedJob, decideJobs, type ToRun } from "../decide/decide-jobs.ts"
import { explainRuns } from "../decide/explain-runs.ts"
import type { DraftJob } from "../expand/draft-job.ts"
import { expandStep } from "../expand/expand-step.ts"
import { childrenOf } from "../expand/expand-workflow.ts"
import type { Facts, Scope } from "../expand/scope.ts"
import { wholeScope } from "../plan-workflow.ts"
import { fillResults, indexPlan, knownKeys, type PlanKeys, withoutNumber } from "./fill-results.ts"

/** What is done when an open step is looked at, and what decides. */
export interface OpenMeans extends GivenFiles {
  readonly jobs: Pick<WorkflowJobs, "invocationOf" | "findSame" | "resolveGear">
  /** For the first thing that differs. Absent: of a job that runs is said that it is new. */
  readonly history?: Pick<JobHistory, "newest">
  /** For who expands many steps of one plan. Default: it is prepared for this one. */
  readonly prepared?: PreparedPlan
}

/** What is the same for all open steps of a plan. */
export interface PreparedPlan {
  readonly gears: ReadonlyMap<string, Gear>
  readonly documents: ReadonlyMap<string, { readonly folder: string; readonly workflow: Workflow }>
  readonly keys: PlanKeys
}

export async function preparePlan(plan: WorkflowPlan, jobs: Pick<WorkflowJobs, "resolveGear">): Promise<PreparedPlan> {
  return {
    gears: await readGears(plan, jobs),
    documents: new Map(Object.entries(plan.documents).map(([path, workflow]) => [path, { folder: "", workflow }])),
    keys: indexPlan(plan),
  }
}

/**
 * Makes jobs of a step whose items were not known when the plan was made: all that it waits for is done. The same code expands it as expands a plan.
 *
 * @returns its jobs in the order of its items, each decided as in a plan, and what of it is still open.
 * @throws {GeartrainError} WORKFLOW_PLAN_INVALID where the plan has no such step, and what `planWorkflow` throws.
 */
export async function expandOpen(
  open: OpenStep,
  plan: WorkflowPlan,
  means: OpenMeans,
): Promise<{ readonly jobs: readonly PlannedJob[]; readonly open: readonly OpenStep[] }> {
  const names = open.step.split("/").map(withoutNumber)
  const { gears, documents, keys: planned } = means.prepared ?? (await preparePlan(plan, means.jobs))
  const place = { workflow: { documents, gears }, files: plan.files ?? {}, facts: factsOf(open, planned, means) }
  const keys = knownKeys(planned, open, means)
  let scopes: readonly Scope[] = [
    wholeScope({ workflow: { documents }, parameters: plan.parameters, inputs: plan.inputs }),
  ]
  for (const [depth, name] of names.slice(0, -1).entries()) {
    const prefix = open.step
      .split("/")
      .slice(0, depth + 1)
      .join("/")
    scopes = scopes.flatMap((scope) => {
      const step = scope.workflow.steps[name]
      if (step === undefined || !("workflow" in step)) throw noSuchStep(open)
      fillResults(scope, { keys, gears, place }, stepsBefore(step))
      // An open step in one scope of many is named with the number of that scope.
      return childrenOf(step, { name, scope, isWanted: (key) => isWithin(key, prefix) }, place)
    })
  }
  const name = names.at(-1) ?? ""
  const drafts: DraftJob[] = []
  const still: OpenStep[] = []
  for (const scope of scopes) {
    const step = scope.workflow.steps[name]
    const gear = gears.get(`${scope.path}${name}`)
    if (step === undefined || !("gear" in step) || gear === undefined) throw noSuchStep(open)
    fillResults(scope, { keys, gears, place }, stepsBefore(step))
    const expanded = expandStep(step, gear, { scope, name, files: place.files, facts: place.facts })
    drafts.push(...expanded.jobs)
    // All that tells how often it is there is done: that it is still not known is a mistake of the program, which must not be asked for ever.
    if (expanded.open?.step === open.step)
      throw new RangeError(`Open step "${open.step}" does not say all that it waits for`)
    if (expanded.open !== undefined) still.push(expanded.open)
  }
  const decided = await decide(drafts, plan, { ...means, facts: place.facts })
  return { jobs: decided.map(({ job }) => job), open: still }
}

/** Of a scope's key, `qc[2]/`, whether it is that of an open step, `qc[2]`, or one of `qc`. */
function isWithin(key: string, prefix: string): boolean {
  const own = key.slice(0, -1)
  return own === prefix || withoutNumber(own) === prefix
}

function decide(
  drafts: readonly DraftJob[],
  { options }: WorkflowPlan,
  { jobs, facts, history }: OpenMeans & { readonly facts: Facts },
): Promise<readonly DecidedJob[]> {
  const reasons =
    history === undefined
      ? async (all: readonly ToRun[]) => all.map(() => ({ kind: "new" as const }))
      : explainRuns(history)
  // What an earlier run or plan alone may stand for is known to whoever runs this: that is asked when the job's turn comes.
  const reuse = typeof options.reuse === "string" ? options.reuse : "none"
  return decideJobs(drafts, { jobs, facts, reuse, reasons })
}

/** Only what the step waits for is known for sure to be done. */
function factsOf(open: OpenStep, { open: isOpen }: PlanKeys, done: GivenFiles): Facts {
  const awaited = new Set(open.awaits)
  // A step without a scatter becomes a job of its own name.
  const known = new Set<string>()
  for (const key of open.awaits) {
    const keys = done.keysOf(key)
    if (keys.length === 0 && !isOpen.has(key)) known.add(key)
    else for (const one of keys) known.add(one)
  }
  return {
    outputsOf: (key) => (known.has(key) ? done.outputsOf(key) : undefined),
    keysOf: (step) => (awaited.has(step) ? done.keysOf(step) : undefined),
  }
}

async function readGears(
  plan: WorkflowPlan,
  jobs: Pick<WorkflowJobs, "resolveGear">,
): Promise<ReadonlyMap<string, Gear>> {
  const known = new Map<string, Gear>()
  const gears = new Map<string, Gear>()
  for (const [step, { id }] of Object.entries(plan.gears)) {
    const gear = known.get(id) ?? (await jobs.resolveGear(id, ""))
    known.set(id, gear)
    gears.set(step, gear)
  }
  return gears
}

function noSuchStep({ step }: OpenStep): GeartrainError {
  return new GeartrainError(
    "WORKFLOW_PLAN_INVALID",
    `Cannot make jobs of open step "${step}": the plan's workflow has no such step`,
    {
      details: { step },
      hint: "Make the plan anew: gear workflow plan FILE",
    },
  )
}
