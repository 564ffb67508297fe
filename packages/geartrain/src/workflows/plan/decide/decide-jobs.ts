import { GeartrainError, type Invocation, isGeartrainError, type JobId } from "@geartrain/spec"
import type { PlannedInput, PlannedJob, PlanReason, WorkflowPlan } from "@geartrain/spec/workflow"
import { findReusable } from "../../orders/find-reusable.ts"
import { type TakenInputs, takeInputs } from "../../orders/take-inputs.ts"
import type { OrderedInvocation, ReusableJob, WorkflowJobs } from "../../workflow-jobs.ts"
import type { DraftJob } from "../expand/draft-job.ts"
import type { Facts } from "../expand/scope.ts"

/** What decisions are made by. */
export interface Deciding {
  readonly jobs: Pick<WorkflowJobs, "invocationOf" | "findSame">
  readonly facts: Facts
  readonly reuse: WorkflowPlan["options"]["reuse"]
  /** Where not every result may be reused: those that may. */
  readonly reusable?: ReadonlySet<JobId>
  /** Why jobs with these invocations have to run, in their order. */
  readonly reasons: (jobs: readonly ToRun[]) => Promise<readonly PlanReason[]>
}

/** A job that was not found among those that were done. */
export interface ToRun {
  readonly draft: DraftJob
  readonly invocation: Invocation
}

/** A job, and what it gives where that is known already. */
export interface DecidedJob {
  readonly job: PlannedJob
  readonly same?: ReusableJob
}

/** Decides of jobs that wait for none of each other whether they run: all at once, since thousands are looked up as fast as one. */
export async function decideJobs(drafts: readonly DraftJob[], deciding: Deciding): Promise<readonly DecidedJob[]> {
  const ordered = drafts.map((draft) => orderOf(draft, deciding))
  const wanted = drafts.flatMap((draft, index) => {
    const order = ordered[index] as Order
    if (typeof order === "string" || !isReusable(draft, deciding)) return []
    return [{ digest: order.digest, acceptExitCodes: draft.acceptExitCodes }]
  })
  const sameAs = await findReusable(wanted, deciding.jobs)
  const toRun: ToRun[] = []
  const decided = drafts.map((draft, index): DecidedJob | ToRun => {
    const order = ordered[index] as Order
    if (order === "left-out") return { job: skippedJob(draft, deciding) }
    if (order === "await") return { job: awaitingJob(draft, deciding.facts) }
    const found = isReusable(draft, deciding)
      ? sameAs({ digest: order.digest, acceptExitCodes: draft.acceptExitCodes })
      : undefined
    if (found !== undefined && isAllowed(found, deciding)) {
      const job = { ...plannedJob(draft, "reuse", { kind: "same" }), invocation: order.digest, reuses: found.id }
      return { job, same: found }
    }
    const run = { draft, invocation: order.invocation, digest: order.digest }
    toRun.push(run)
    return run
  })
  const reasons = toRun.length === 0 ? [] : await deciding.reasons(toRun)
  let next = 0
  return decided.map((one): DecidedJob => {
    if ("job" in one) return one
    const reason = isReusable(one.draft, deciding) ? (reasons[next] ?? { kind: "new" }) : ({ kind: "asked" } as const)
    next += 1
    return { job: { ...plannedJob(one.draft, "run", reason), invocation: (one as ToRun & OrderedInvocation).digest } }
  })
}

type Order = OrderedInvocation | "await" | "left-out"

function orderOf(draft: DraftJob, { facts, jobs }: Deciding): Order {
  if (draft.skip !== undefined) return "left-out"
  const known = knownInputs(draft, facts)
  if (known === "await" || known === undefined) return known ?? "left-out"
  try {
    return jobs.invocationOf({
      gear: draft.gear,
      config: draft.config,
      ...known,
      ...(draft.network === undefined ? {} : { network: draft.network }),
    })
  } catch (error) {
    if (!isGeartrainError(error)) throw error
    throw new GeartrainError(error.code, `Cannot plan job "${draft.key}":\n${error.message}`, {
      details: { ...error.details, job: draft.key },
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error,
    })
  }
}

/** What a job reads; undefined where some of it is left out, so that the job is as well. */
export function knownInputs(
  job: { readonly key: string; readonly inputs: Readonly<Record<string, PlannedInput>> },
  facts: Facts,
): TakenInputs | "await" | undefined {
  let isKnown = true
  for (const { parts } of Object.values(job.inputs)) {
    for (const part of parts ?? []) {
      if ("digest" in part) continue
      const keys = "jobs" in part ? part.jobs : facts.keysOf(part.step)
      if (keys === undefined) isKnown = false
      else {
        const outputs = keys.map((key) => facts.outputsOf(key))
        if (keys.length > 0 && outputs.every((one) => one === "skipped")) return undefined
        if (outputs.includes(undefined)) isKnown = false
      }
    }
  }
  if (!isKnown) return "await"
  return takeInputs(job, {
    outputsOf: (key) => facts.outputsOf(key) ?? [],
    keysOf: (step) => facts.keysOf(step) ?? [],
  })
}

function isReusable({ policy }: DraftJob, { reuse }: Deciding): boolean {
  return reuse !== "none" && policy.reuse !== "never"
}

function isAllowed({ id }: ReusableJob, { reusable }: Deciding): boolean {
  return reusable === undefined || reusable.has(id)
}

function skippedJob(draft: DraftJob, { facts }: Deciding): PlannedJob {
  if (draft.skip !== undefined) return plannedJob(draft, "skip", draft.skip)
  const jobs = draft.after.filter((key) => facts.outputsOf(key) === "skipped").slice(0, MOST_NAMED)
  return plannedJob(draft, "skip", { kind: "left-out", jobs })
}

function awaitingJob(draft: DraftJob, facts: Facts): PlannedJob {
  const jobs: string[] = []
  for (const key of draft.after) {
    if (facts.outputsOf(key) === undefined) jobs.push(key)
    if (jobs.length === MOST_NAMED) break
  }
  const open = draft.afterOpen.slice(0, MOST_NAMED - jobs.length)
  return plannedJob(draft, "await", { kind: "awaits", jobs: [...jobs, ...open] })
}

/** As many others as a reason names. */
export const MOST_NAMED = 10

function plannedJob(draft: DraftJob, action: PlannedJob["action"], reason: PlanReason): PlannedJob {
  const { key, step, each, gear, config, inputs, after, afterOpen, network, acceptExitCodes, limits, policy } = draft
  return {
    key,
    step,
    ...(each === undefined ? {} : { each }),
    gear: gear.id,
    config,
    inputs,
    after,
    ...(afterOpen.length === 0 ? {} : { afterOpen }),
    action,
    reason,
    ...(network === undefined ? {} : { network }),
    ...(acceptExitCodes === undefined ? {} : { acceptExitCodes }),
    ...(limits === undefined ? {} : { limits }),
    policy,
  }
}
