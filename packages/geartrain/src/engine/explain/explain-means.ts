import type { EnginePorts } from "../engine-ports.ts"
import type { TrialOptions } from "../experiments/run-trial.ts"
import type { OnSeries } from "./trial-runs.ts"

export interface ExplainOptions extends TrialOptions {
  /** How many runs have to agree under a condition: 2 or more. */
  readonly repeat: number
  /** How many runs there may be in all. */
  readonly mostRuns: number
  readonly onSeries?: OnSeries
}

/** What explaining needs. */
export interface ExplainMeans {
  readonly ports: EnginePorts
  readonly options: ExplainOptions
}
