import type { GearId, JobId, JobRecord } from "@geartrain/spec"
import { orderSteps, type PlannedJob, type WorkflowPlan } from "@geartrain/spec/workflow"
import type { RunAttempt, RunHeader, RunJob, RunView } from "../run/fold-run.ts"

/** A run with all that is known of it: what every report is made of. */
export interface RunAccount {
  readonly header: RunHeader
  readonly plan: WorkflowPlan
  readonly view: RunView
  /** In the order of the steps of the workflow; of one step in the order of its items. */
  readonly jobs: readonly AccountedJob[]
}

/** A job of a run, with its records. */
export interface AccountedJob {
  readonly planned: PlannedJob
  readonly state: RunJob["state"]
  /** `name@version`; the beginning of its id where the plan does not name it. */
  readonly gear: string
  readonly why?: string
  readonly tries: readonly AccountedTry[]
  /** The record whose outputs are its: its own, or that of the job that is reused. Absent while there is none, or where it is kept no more. */
  readonly record?: JobRecord
}

export interface AccountedTry extends RunAttempt {
  readonly record?: JobRecord
}

/** The jobs whose records an account needs: every one that was tried or reused. */
export function jobsOf(view: RunView): ReadonlySet<JobId> {
  const ids = new Set<JobId>()
  for (const { job, attempts } of view.jobs.values()) {
    if (job !== undefined) ids.add(job)
    for (const attempt of attempts) if (attempt.job !== undefined) ids.add(attempt.job)
  }
  return ids
}

/** Puts a run together with the records of its jobs. */
export function runAccount(
  run: { readonly header: RunHeader; readonly plan: WorkflowPlan; readonly view: RunView },
  records: ReadonlyMap<JobId, JobRecord>,
): RunAccount {
  const names = gearNames(run.plan)
  const recordOf = (id: JobId | undefined): { record?: JobRecord } => {
    const record = id === undefined ? undefined : records.get(id)
    return record === undefined ? {} : { record }
  }
  const jobs = [...run.view.jobs.values()].map(
    ({ planned, state, why, job, attempts }): AccountedJob => ({
      planned,
      state,
      gear: names.get(planned.gear) ?? planned.gear.slice(0, "sha256:".length + 12),
      ...(why === undefined ? {} : { why }),
      tries: attempts.map((attempt) => ({ ...attempt, ...recordOf(attempt.job) })),
      ...recordOf(job),
    }),
  )
  const ranks = stepRanks(run.plan.documents)
  const rankOf = ({ planned }: AccountedJob): number => ranks.get(planned.step) ?? ranks.size
  return { ...run, jobs: jobs.toSorted((a, b) => rankOf(a) - rankOf(b)) }
}

/** Places of steps, each after those that it waits for. Jobs of a step that was open come last in a run's view, wherever the step stands. */
function stepRanks(
  documents: WorkflowPlan["documents"],
  at = "",
  ranks = new Map<string, number>(),
): Map<string, number> {
  const document = documents[at]
  if (document === undefined) return ranks
  for (const name of orderSteps(document)) {
    const path = at === "" ? name : `${at}/${name}`
    if (Object.hasOwn(documents, path)) stepRanks(documents, path, ranks)
    else ranks.set(path, ranks.size)
  }
  return ranks
}

function gearNames({ gears }: WorkflowPlan): ReadonlyMap<GearId, string> {
  return new Map(Object.values(gears).map(({ id, name, version }) => [id, `${name}@${version}`]))
}

/** How long a try took as the run saw it; undefined while it runs. */
export function tookMs({ started, ended }: Pick<RunAttempt, "started" | "ended">): number | undefined {
  return started === undefined || ended === undefined ? undefined : Math.max(0, Date.parse(ended) - Date.parse(started))
}
