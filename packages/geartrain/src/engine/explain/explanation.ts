import type { JobRecord } from "@geartrain/spec"
import type { JobDifference } from "../../provenance/diff-invocations.ts"
import type { UnavailableCondition } from "../experiments/condition.ts"
import type { DescribedDifference } from "./describe-differences.ts"
import type { CauseSearch } from "./find-cause.ts"
import type { ChangeSearch } from "./find-change.ts"
import type { Observed } from "./trial-runs.ts"

/**
 * `same`: the two jobs came out the same. `repeats`: so did all new runs. `unseen`: the jobs differ, and new runs do not. `explained`: with
 * `search.cause` the runs agree, or `change.cause` makes of the one job the other. `unexplained`: nothing of what was tried does. `undecided`:
 * the limit of runs was reached before that could be said.
 */
export type ExplanationVerdict = "same" | "repeats" | "unseen" | "explained" | "unexplained" | "undecided"

/** Why runs differ, with the evidence. */
export interface Explanation {
  readonly verdict: ExplanationVerdict
  /** The job that was asked about. */
  readonly job: JobRecord
  /** Two runs that differ, and in what: the job and the other one where they do, else two of the new runs. */
  readonly pair?: readonly [JobRecord, JobRecord]
  readonly differing: readonly DescribedDifference[]
  /** In what the invocations of two jobs differ, and in what else. */
  readonly components: readonly JobDifference[]
  readonly circumstances: readonly JobDifference[]
  /** New runs as the job was. */
  readonly observed?: Observed
  readonly search?: CauseSearch
  readonly change?: ChangeSearch
  readonly unavailable: readonly UnavailableCondition[]
  /** How many runs it took. */
  readonly runs: number
}
