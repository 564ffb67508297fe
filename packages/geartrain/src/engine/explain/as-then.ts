import type { JobRecord } from "@geartrain/spec"
import type { Condition } from "../experiments/condition.ts"
import { chanceOfLikeness } from "./chance.ts"
import type { CauseSearch } from "./find-cause.ts"
import { keyOf, type Outcome, outcomeOf, varyingParts } from "./outcome.ts"
import type { Observed, TrialRuns } from "./trial-runs.ts"

/** Enough to see that it is no accident: all other runs agree on something else. */
const TIMES = 2

/**
 * Tries whether a job that new runs do not come out as came out so because of the day: it is run with the clock stopped at when it was started.
 *
 * @param clock  The condition that stops the clock, at any time.
 */
export async function runAsThen(
  runs: TrialRuns,
  job: JobRecord,
  { observed, clock }: { readonly observed: Observed; readonly clock: Condition },
): Promise<CauseSearch> {
  const time = timeOf(job)
  const condition: Condition = {
    ...clock,
    says: `the clock of ${time} UTC`,
    environment: { ...clock.environment, TZ: "UTC", FAKETIME: time },
  }
  const series = await runs.series([condition], TIMES, observed)
  const outcomes = [outcomeOf(job), ...series.outcomes]
  const parts = varyingParts([...outcomes, ...observed.outcomes])
  const isAsThen = series.outcomes.length === TIMES && varyingParts(outcomes).length === 0
  const wordsOf = (some: readonly Outcome[]): readonly string[] => some.map((outcome) => keyOf(outcome, parts))
  const chance = chanceOfLikeness(wordsOf(observed.outcomes), wordsOf(series.outcomes), keyOf(outcomeOf(job), parts))
  const cause = { series, chance }
  return { observed, tried: [series], ...(isAsThen ? { cause } : {}), isCut: series.isCut === true }
}

/** In whole seconds, as libfaketime reads it. */
function timeOf({ started, created }: JobRecord): string {
  return (started ?? created).slice(0, "2020-01-01T00:00:00".length).replace("T", " ")
}
