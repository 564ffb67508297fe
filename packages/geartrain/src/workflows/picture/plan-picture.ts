import type { WorkflowPlan } from "@geartrain/spec/workflow"
import { buildPicture, type Picture, type PictureState } from "./picture.ts"
import { LOOKS } from "./state-looks.ts"
import { type StepNote, workflowPicture } from "./workflow-picture.ts"

/** A job of a plan, with what is planned for it or what became of it. */
export interface PicturedJob {
  readonly key: string
  readonly step: string
  readonly state: PictureState
  readonly after: readonly string[]
  readonly afterOpen?: readonly string[]
}

export interface PlanPictureOptions {
  /** Steps with more jobs than this are one node. */
  readonly most: number
}

/** The jobs of a plan that did not start. */
export function plannedJobs({ jobs }: Pick<WorkflowPlan, "jobs">): readonly PicturedJob[] {
  return jobs.map(({ key, step, action, after, afterOpen }) => ({
    key,
    step,
    state: action,
    after,
    ...(afterOpen === undefined ? {} : { afterOpen }),
  }))
}

/** A plan or a run by its steps, each with the count of its jobs by what became of them. */
export function stepsPicture(plan: WorkflowPlan, jobs: readonly PicturedJob[]): Picture {
  const byStep = Map.groupBy(jobs, ({ step }) => step)
  return workflowPicture(plan.documents, (step) => noteOf(byStep.get(step) ?? []))
}

/** A plan or a run by its jobs. The jobs of a step that has many of them are one node. */
export function jobsPicture(plan: WorkflowPlan, jobs: readonly PicturedJob[], { most }: PlanPictureOptions): Picture {
  const byStep = Map.groupBy(jobs, ({ step }) => step)
  const isFolded = (step: string): boolean => (byStep.get(step)?.length ?? 0) > most
  const builder = buildPicture()
  const nameOf = new Map(jobs.map(({ key, step }) => [key, isFolded(step) ? `step ${step}` : `job ${key}`]))
  for (const { key, step, state } of jobs) {
    const folded = isFolded(step)
    // The note of a folded step is made once: there may be a hundred thousand jobs in it.
    if (folded)
      builder.addOnce(`step ${step}`, () => ({ kind: "step", label: step, ...noteOf(byStep.get(step) ?? []) }))
    else builder.addOnce(`job ${key}`, () => ({ kind: "step", label: key, details: [LOOKS[state].says], state }))
  }
  for (const { step } of plan.open)
    if (!byStep.has(step)) builder.addOnce(`step ${step}`, () => ({ kind: "step", label: step, ...noteOf([]) }))
  for (const job of jobs) {
    const to = nameOf.get(job.key) as string
    for (const key of job.after) builder.join(nameOf.get(key) ?? "", to)
    for (const step of job.afterOpen ?? []) {
      const made = byStep.get(step)
      if (made === undefined || isFolded(step)) builder.join(`step ${step}`, to)
      else for (const { key } of made) builder.join(`job ${key}`, to)
    }
  }
  for (const { step, awaits } of plan.open)
    if (!byStep.has(step)) for (const name of awaits) builder.join(nameOf.get(name) ?? `step ${name}`, `step ${step}`)
  return builder.finish(plan.workflow.name)
}

/** How often each state is among them, in the order in which they are looked at first. */
function noteOf(jobs: readonly PicturedJob[]): StepNote {
  const [first] = jobs
  if (first === undefined) return { details: ["no jobs yet"], state: "waiting" }
  const counts = new Map<PictureState, number>()
  for (const { state } of jobs) counts.set(state, (counts.get(state) ?? 0) + 1)
  if (jobs.length === 1) return { details: [LOOKS[first.state].says], state: first.state }
  const shown = [...counts].toSorted(([a], [b]) => WORST_FIRST.indexOf(a) - WORST_FIRST.indexOf(b))
  const [worst] = shown[0] as [PictureState, number]
  return {
    details: shown.map(([state, count]) => `${count} ${LOOKS[state].says}`),
    state: counts.size === 1 || DECIDING.has(worst) ? worst : "mixed",
  }
}

const WORST_FIRST: readonly PictureState[] = [
  "failed",
  "lost",
  "cancelled",
  "running",
  "run",
  "await",
  "waiting",
  "complete",
  "reused",
  "reuse",
  "skipped",
  "skip",
]
/** One of these colors the whole. */
const DECIDING: ReadonlySet<PictureState> = new Set(["failed", "running", "lost", "cancelled"])
