import type { JobHistory } from "@geartrain/ports"
import type { Invocation, JobRecord } from "@geartrain/spec"
import type { PlanReason } from "@geartrain/spec/workflow"
import { firstInvocationDifference, type Invoked } from "../../../provenance/diff-invocations.ts"
import type { ToRun } from "./decide-jobs.ts"

/** Of each gear so many of its last jobs are looked through for the one that is nearest. */
const MOST_LOOKED_AT = 500

/**
 * Makes what says of jobs that were not found why they run: the first thing that differs from the job of the same gear, by name, that is nearest to
 * them. The jobs of each gear are read once.
 */
export function explainRuns(
  history: Pick<JobHistory, "newest">,
): (jobs: readonly ToRun[]) => Promise<readonly PlanReason[]> {
  const known = new Map<string, PastJobs>()
  return async (jobs) => {
    const reasons: PlanReason[] = []
    for (const { draft, invocation } of jobs) {
      const { name, version } = draft.gear.manifest
      const past = known.get(name) ?? indexJobs(await history.newest(name, MOST_LOOKED_AT))
      known.set(name, past)
      const nearest = nearestTo(invocation, past)
      reasons.push(
        nearest === undefined
          ? { kind: "new" }
          : whyRun(nearest, { invocation, gear: { id: draft.gear.id, name, version } }),
      )
    }
    return reasons
  }
}

/** Jobs, and which of them have a component. */
interface PastJobs {
  readonly jobs: readonly JobRecord[]
  readonly having: ReadonlyMap<string, readonly number[]>
}

function indexJobs(jobs: readonly JobRecord[]): PastJobs {
  const having = new Map<string, number[]>()
  for (const [index, { invocation }] of jobs.entries()) {
    for (const component of componentsOf(invocation)) {
      const known = having.get(component)
      if (known === undefined) having.set(component, [index])
      else known.push(index)
    }
  }
  return { jobs, having }
}

/** The job that has most in common with an invocation; of several the newest. */
function nearestTo(invocation: Invocation, { jobs, having }: PastJobs): JobRecord | undefined {
  const counts = new Uint32Array(jobs.length)
  for (const component of componentsOf(invocation)) {
    for (const index of having.get(component) ?? []) counts[index] = (counts[index] ?? 0) + 1
  }
  let nearest = 0
  for (const [index, count] of counts.entries()) if (count > (counts[nearest] ?? 0)) nearest = index
  return jobs[nearest]
}

/** What two invocations may have in common. That a file has the same name counts as well: one that changed is still the same item. */
function componentsOf({ gear, config, inputs, network }: Invocation): readonly string[] {
  const components = [`gear ${gear}`, `network ${network}`]
  for (const [name, value] of Object.entries(config)) components.push(`config ${name} ${JSON.stringify(value)}`)
  for (const [name, input] of Object.entries(inputs)) {
    if (input.base !== "file") continue
    components.push(`input ${name} ${input.digest}`, `name ${name} ${input.name}`)
  }
  return components
}

function whyRun(past: JobRecord, now: Invoked): PlanReason {
  const first = firstInvocationDifference(past, now)
  // It was done, and may not be reused.
  if (first === undefined) return { kind: "asked" }
  const { part, name, a, b } = first
  return {
    kind: "changed",
    component: name === "" ? part : `${part} ${name}`,
    ...(a === undefined ? {} : { before: a }),
    ...(b === undefined ? {} : { now: b }),
  }
}
