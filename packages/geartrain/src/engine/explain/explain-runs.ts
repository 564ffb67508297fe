import type { JobRecord } from "@geartrain/spec"
import { diffCircumstances } from "../../provenance/diff-invocations.ts"
import { conditionsOf } from "../experiments/conditions-of.ts"
import { runTrial } from "../experiments/run-trial.ts"
import { runAsThen } from "./as-then.ts"
import { describeDifferences } from "./describe-differences.ts"
import type { ExplainMeans } from "./explain-means.ts"
import type { Explanation } from "./explanation.ts"
import { findCause } from "./find-cause.ts"
import { orderByLooks } from "./order-by-looks.ts"
import { outcomeOf, varyingParts } from "./outcome.ts"
import { type Observed, TrialRuns } from "./trial-runs.ts"

/** Why runs of one invocation differ. @param other  One that is known to differ. */
export async function explainRuns(
  job: JobRecord,
  other: JobRecord | undefined,
  { ports, options }: ExplainMeans,
): Promise<Explanation> {
  const runs = new TrialRuns({
    runOnce: async (conditions) => outcomeOf(await runTrial(job, conditions, { ports, options })),
    most: options.mostRuns,
    ...(options.onSeries === undefined ? {} : { onSeries: options.onSeries }),
  })
  const known = [job, ...(other === undefined ? [] : [other])]
  const observed = await observe(runs, known, options.repeat)
  const pair = mostDifferent([...known, ...observed.outcomes.map((outcome) => outcome.job)])
  const newest = observed.outcomes[0]?.job ?? job
  const told = {
    job,
    ...(pair === undefined ? {} : { pair }),
    differing: pair === undefined ? [] : await describeDifferences(...pair, ports),
    components: [],
    circumstances: diffCircumstances(job, other ?? newest),
    observed,
  }
  const spent = (): number => options.mostRuns - runs.left
  if (observed.varying.length === 0) {
    const isCut = observed.outcomes.length < options.repeat
    if (isCut || pair === undefined)
      return { verdict: isCut ? "undecided" : "repeats", ...told, unavailable: [], runs: spent() }
    return { ...told, ...(await explainSteady(runs, known, { observed, ports })), runs: spent() }
  }
  const { available, unavailable } = await conditionsOf(job, ports)
  const conditions = orderByLooks(available, told.differing)
  const search = await findCause(runs, observed, { conditions, repeat: options.repeat })
  const verdict = search.cause !== undefined ? "explained" : search.isCut ? "undecided" : "unexplained"
  return { verdict, ...told, observed: search.observed, search, unavailable, runs: spent() }
}

/** New runs agree, and one that is known does not: what may have been different is the day. */
async function explainSteady(
  runs: TrialRuns,
  known: readonly JobRecord[],
  { observed, ports }: { readonly observed: Observed } & Pick<ExplainMeans, "ports">,
): Promise<Pick<Explanation, "verdict" | "search" | "unavailable">> {
  const odd = known.find((one) => varyingParts([outcomeOf(one), ...observed.outcomes]).length > 0)
  if (odd === undefined) return { verdict: "unseen", unavailable: [] }
  const { available, unavailable } = await conditionsOf(odd, ports)
  const clock = available.find(({ name }) => name === "clock")
  if (clock === undefined) return { verdict: "unseen", unavailable }
  const search = await runAsThen(runs, odd, { observed, clock })
  return { verdict: search.cause === undefined ? "unseen" : "explained", search, unavailable: [] }
}

/** A difference that is known and does not show is looked for so many times longer. */
const PATIENCE = 3

async function observe(runs: TrialRuns, known: readonly JobRecord[], repeat: number): Promise<Observed> {
  const first = await runs.observe(repeat)
  const isKnown = varyingParts([...known.map(outcomeOf), ...first.outcomes]).length > 0
  if (first.varying.length > 0 || !isKnown || first.outcomes.length < repeat) return first
  const more = await runs.observe(repeat * (PATIENCE - 1))
  const outcomes = [...first.outcomes, ...more.outcomes]
  return { outcomes, varying: varyingParts(outcomes) }
}

/** Two runs that differ in the most parts: the earlier in the list, the better. */
function mostDifferent(jobs: readonly JobRecord[]): readonly [JobRecord, JobRecord] | undefined {
  let best: { readonly pair: readonly [JobRecord, JobRecord]; readonly count: number } | undefined
  for (const [index, a] of jobs.entries()) {
    for (const b of jobs.slice(index + 1)) {
      const count = varyingParts([outcomeOf(a), outcomeOf(b)]).length
      if (count > (best?.count ?? 0)) best = { pair: [a, b], count }
    }
  }
  return best?.pair
}
