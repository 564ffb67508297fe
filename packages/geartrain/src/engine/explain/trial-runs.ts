import type { Condition } from "../experiments/condition.ts"
import { EXIT, type Outcome, varyingParts } from "./outcome.ts"

/** Runs the job once more, held to these conditions. */
export type RunOnce = (conditions: readonly Condition[]) => Promise<Outcome>

/** Told before each series of runs, in words: `as it was`, `held to one thread`. */
export type OnSeries = (how: string, wanted: number) => void

/** Runs that were held to the same. */
export interface Series {
  readonly conditions: readonly Condition[]
  readonly outcomes: readonly Outcome[]
  /** What was not the same in all of them. */
  readonly varying: readonly string[]
  /** A run ended with another exit code than without the conditions: the gear does not bear them, and nothing is to be learnt. */
  readonly refused?: Outcome
  /** The limit of runs was reached before there were enough. */
  readonly isCut?: true
}

/** What runs without any condition showed. */
export interface Observed {
  readonly outcomes: readonly Outcome[]
  readonly varying: readonly string[]
}

/** The runs of one explanation: counted, limited and told. */
export class TrialRuns {
  readonly #runOnce: RunOnce
  readonly #onSeries: OnSeries
  #left: number

  constructor(parts: {
    readonly runOnce: RunOnce
    /** How many there may be in all. */
    readonly most: number
    readonly onSeries?: OnSeries
  }) {
    this.#runOnce = parts.runOnce
    this.#left = parts.most
    this.#onSeries = parts.onSeries ?? (() => undefined)
  }

  get left(): number {
    return this.#left
  }

  /** Undefined when there have been as many runs as there may be. */
  one(conditions: readonly Condition[]): Promise<Outcome | undefined> {
    return this.other(() => this.#runOnce(conditions))
  }

  /** A run of another kind, which counts like any. */
  async other<Result>(run: () => Promise<Result>): Promise<Result | undefined> {
    if (this.#left <= 0) return undefined
    this.#left -= 1
    return await run()
  }

  /** So many runs without any condition. */
  async observe(wanted: number): Promise<Observed> {
    this.#onSeries("as it was", wanted)
    const outcomes: Outcome[] = []
    while (outcomes.length < wanted) {
      const outcome = await this.one([])
      if (outcome === undefined) break
      outcomes.push(outcome)
    }
    return { outcomes, varying: varyingParts(outcomes) }
  }

  /**
   * So many runs under the conditions, or fewer where those that there were show that nothing of what varies without them is held still.
   */
  async series(conditions: readonly Condition[], wanted: number, observed: Observed): Promise<Series> {
    this.#onSeries(`held to ${conditions.map(({ says }) => says).join(", ")}`, wanted)
    const outcomes: Outcome[] = []
    while (outcomes.length < wanted) {
      const outcome = await this.one(conditions)
      if (outcome === undefined) return { conditions, outcomes, varying: varyingParts(outcomes), isCut: true }
      outcomes.push(outcome)
      if (isRefused(outcome, observed))
        return { conditions, outcomes, varying: varyingParts(outcomes), refused: outcome }
      const varying = new Set(varyingParts(outcomes))
      if (outcomes.length > 1 && observed.varying.every((part) => varying.has(part))) break
    }
    return { conditions, outcomes, varying: varyingParts(outcomes) }
  }
}

/** An exit code that varies by itself refuses nothing. */
function isRefused(outcome: Outcome, { outcomes, varying }: Observed): boolean {
  return !varying.includes(EXIT) && outcome.parts.get(EXIT) !== outcomes[0]?.parts.get(EXIT)
}
