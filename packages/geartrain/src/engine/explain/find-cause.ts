import type { Condition } from "../experiments/condition.ts"
import { chanceOfAgreement } from "./chance.ts"
import { keyOf, type Outcome, varyingParts } from "./outcome.ts"
import type { Observed, Series, TrialRuns } from "./trial-runs.ts"

/** What was found out about why a job's runs differ. */
export interface CauseSearch {
  /** The runs without any condition. */
  readonly observed: Observed
  /** All that was tried, in order. */
  readonly tried: readonly Series[]
  /** The fewest conditions under which all runs agree. */
  readonly cause?: Cause
  /** The limit of runs was reached before all was tried. */
  readonly isCut: boolean
}

export interface Cause {
  readonly series: Series
  /** How likely it is that those runs agree by chance: see `chanceOfAgreement`. */
  readonly chance: number
}

/** What agrees by chance more often than this is looked at more often. */
const LIKELY_CHANCE = 0.05
/** A condition gets at most so many times as many runs as were asked for. */
const MOST_TIMES = 3

/**
 * Finds the smallest change under which runs that differ agree: one condition; else those together that each hold a part still; else, if all
 * conditions together do, those of them that are needed.
 *
 * @param conditions  The likeliest cause first.
 * @param repeat  How many runs have to agree.
 */
export async function findCause(
  runs: TrialRuns,
  observed: Observed,
  { conditions, repeat }: { readonly conditions: readonly Condition[]; readonly repeat: number },
): Promise<CauseSearch> {
  const search = new Search(runs, observed, repeat)
  const cause =
    (await search.oneAlone(conditions)) ?? (await search.partsTogether()) ?? (await search.fewestOfAll(conditions))
  return {
    observed: search.observed,
    tried: search.tried,
    ...(cause === undefined ? {} : { cause }),
    isCut: cause === undefined && search.tried.some(({ isCut }) => isCut === true),
  }
}

class Search {
  readonly #runs: TrialRuns
  readonly #repeat: number
  readonly tried: Series[] = []
  observed: Observed

  constructor(runs: TrialRuns, observed: Observed, repeat: number) {
    this.#runs = runs
    this.observed = observed
    this.#repeat = repeat
  }

  async oneAlone(conditions: readonly Condition[]): Promise<Cause | undefined> {
    for (const condition of conditions) {
      const cause = await this.#try([condition])
      if (cause !== undefined) return cause
    }
    return undefined
  }

  /** Each output may have a cause of its own. */
  async partsTogether(): Promise<Cause | undefined> {
    const chosen: Condition[] = []
    let open = this.observed.varying
    for (const series of this.tried.filter(isUseful)) {
      const still = open.filter((part) => series.varying.includes(part))
      if (still.length === open.length) continue
      chosen.push(...series.conditions)
      open = still
    }
    return open.length > 0 || chosen.length < 2 ? undefined : await this.#try(chosen)
  }

  /** Causes may hide each other, as two in one file do. */
  async fewestOfAll(conditions: readonly Condition[]): Promise<Cause | undefined> {
    const unbearable = new Set(
      this.tried.filter(({ refused }) => refused !== undefined).flatMap((one) => one.conditions),
    )
    const bearable = conditions.filter((condition) => !unbearable.has(condition))
    if (bearable.length < 2) return undefined
    let cause = await this.#try(bearable)
    // The unlikeliest goes first: it is the one that is not needed.
    for (const condition of bearable.toReversed()) {
      if (cause === undefined) return undefined
      const fewer = cause.series.conditions.filter((other) => other !== condition)
      if (fewer.length > 1) cause = (await this.#try(fewer)) ?? cause
    }
    return cause
  }

  /** Runs once more under conditions; answers when all runs agree, and not by chance as far as can be told. */
  async #try(conditions: readonly Condition[]): Promise<Cause | undefined> {
    let series = await this.#runs.series(conditions, this.#repeat, this.observed)
    while (holdsAll(series, this.#repeat)) {
      const chance = this.#chanceOf(series)
      const most = this.#repeat * MOST_TIMES
      if (chance <= LIKELY_CHANCE || series.outcomes.length >= most || this.#runs.left === 0) {
        this.tried.push(series)
        return { series, chance }
      }
      series = await this.#oneMoreOfEach(series)
    }
    this.tried.push(series)
    return undefined
  }

  async #oneMoreOfEach(series: Series): Promise<Series> {
    const outcome = await this.#runs.one([])
    const seen = [...this.observed.outcomes, ...(outcome === undefined ? [] : [outcome])]
    this.observed = { outcomes: seen, varying: varyingParts(seen) }
    const more = await this.#runs.series(series.conditions, 1, this.observed)
    const all = [...series.outcomes, ...more.outcomes]
    return { ...more, outcomes: all, varying: varyingParts(all) }
  }

  #chanceOf({ outcomes }: Series): number {
    const word = (outcome: Outcome): string => keyOf(outcome, this.observed.varying)
    return chanceOfAgreement(this.observed.outcomes.map(word), outcomes.map(word))
  }
}

function holdsAll({ outcomes, varying, refused }: Series, repeat: number): boolean {
  return outcomes.length >= repeat && varying.length === 0 && refused === undefined
}

function isUseful({ outcomes, refused, isCut }: Series): boolean {
  return outcomes.length > 1 && refused === undefined && isCut === undefined
}
