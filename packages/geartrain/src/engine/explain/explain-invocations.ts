import { isGeartrainError, type JobRecord } from "@geartrain/spec"
import { diffCircumstances, type JobDifference } from "../../provenance/diff-invocations.ts"
import { replayRequest } from "../again/replay-request.ts"
import type { Experiment } from "../experiments/experiment.ts"
import { runRequest, runTrial } from "../experiments/run-trial.ts"
import type { JobRequest } from "../job-request.ts"
import { describeDifferences } from "./describe-differences.ts"
import type { ExplainMeans } from "./explain-means.ts"
import { explainRuns } from "./explain-runs.ts"
import type { Explanation } from "./explanation.ts"
import { findChange, type RunChanged } from "./find-change.ts"
import { type Outcome, outcomeOf, varyingParts } from "./outcome.ts"
import { changesOf, requestBetween } from "./request-between.ts"
import { TrialRuns } from "./trial-runs.ts"

type Told = Pick<Explanation, "components" | "circumstances">

/** So often each of the two is run again before what is between them is looked at. */
const AGAIN = 2

/**
 * Why two jobs of different invocations differ. That each of them repeats is seen first: where one does not, that is what is explained.
 */
export async function explainInvocations(
  [a, b]: readonly [JobRecord, JobRecord],
  told: Told,
  means: ExplainMeans,
): Promise<Explanation> {
  const { ports, options } = means
  let left = options.mostRuns
  for (const job of [a, b]) {
    const runs = new TrialRuns({
      runOnce: async () => outcomeOf(await runTrial(job, [], { ports, options })),
      most: left,
    })
    options.onSeries?.(`as it was for ${job.id}`, AGAIN)
    const { outcomes } = await runs.observe(AGAIN)
    left = runs.left
    const newest = outcomes[0]?.job
    if (newest === undefined || outcomes.length < AGAIN) return cut([a, b], told, options.mostRuns - left)
    const differs = outcomes.find((outcome) => varyingParts([outcomeOf(job), outcome]).length > 0)
    if (differs === undefined) continue
    const own = await explainRuns(job, differs.job, { ports, options: { ...options, mostRuns: left } })
    return {
      ...own,
      ...told,
      circumstances: diffCircumstances(job, differs.job),
      runs: own.runs + options.mostRuns - left,
    }
  }
  return await between([a, b], told, { means, left })
}

async function between(
  [a, b]: readonly [JobRecord, JobRecord],
  told: Told,
  { means, left }: { readonly means: ExplainMeans; readonly left: number },
): Promise<Explanation> {
  const { ports, options } = means
  const files = { files: options.files ?? {} }
  const [one, two] = [await replayRequest(a, ports, files), await replayRequest(b, ports, files)]
  const runs = new TrialRuns({ runOnce: () => Promise.reject(new TypeError("Only changed runs")), most: left })
  const run: RunChanged = (changes) =>
    runs.other(async () => {
      options.onSeries?.(`with ${changes.map(changeWords).join(", ")}`, 1)
      return await runChanged(a, { ...requestBetween(one, two, changes), experiment: labelled(changes) }, means)
    })
  const changes = changesOf(told.components)
  const change = await findChange(run, changes, outcomeOf(b))
  const isFound = change.cause !== undefined && change.cause.length > 0
  return {
    verdict: isFound ? "explained" : change.isCut ? "undecided" : "unexplained",
    job: a,
    pair: [a, b],
    differing: await describeDifferences(a, b, ports),
    ...told,
    change,
    unavailable: [],
    runs: options.mostRuns - runs.left,
  }
}

/** A value that goes with one gear, or with other values, may be refused by another. */
async function runChanged(
  record: JobRecord,
  request: JobRequest,
  means: ExplainMeans,
): Promise<{ readonly outcome: Outcome } | { readonly why: string }> {
  try {
    return { outcome: outcomeOf(await runRequest(request, record, means)) }
  } catch (error) {
    if (isGeartrainError(error) && error.fault === "user" && !isGeartrainError(error, "JOB_NOT_REPLAYABLE"))
      return { why: error.message }
    throw error
  }
}

/** So that the record tells that it is neither the one job nor the other. */
function labelled(changes: readonly JobDifference[]): Experiment {
  const conditions = changes.map((change) => ({
    name: `${change.part} ${change.name}`.trim(),
    says: changeWords(change),
  }))
  return { conditions, environment: {}, preloads: [], mounts: [], constraints: [] }
}

/**
 * What a change makes of an invocation, to end a sentence with.
 *
 * @example
 *   changeWords({ part: "config", name: "threads", a: 1, b: 8 }) // => "config threads=8"
 *   changeWords({ part: "input", name: "scan", a: "t1.nii sha256:00" }) // => "no input scan"
 */
export function changeWords({ part, name, b }: JobDifference): string {
  if (b === undefined) return `no ${part} ${name}`
  const value = typeof b === "string" ? b : JSON.stringify(b)
  return name === "" ? `${part} ${value}` : `${part} ${name}=${value}`
}

function cut(pair: readonly [JobRecord, JobRecord], told: Told, runs: number): Explanation {
  return { verdict: "undecided", job: pair[0], pair, differing: [], ...told, unavailable: [], runs }
}
