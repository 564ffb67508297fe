/** Thrown when work on outside data would take more steps than it is given. */
export class StepBudgetSpent extends Error {}

/**
 * Bounds work on outside data by counting its steps, which is the same on every machine, where a time limit is not.
 *
 * The default, 20 million, is a second at most. The largest real manifest needs below a million.
 */
export class StepBudget {
  #left: number

  constructor(steps = 20_000_000) {
    this.#left = steps
  }

  /** @throws {StepBudgetSpent} when no such number is left. */
  spend(steps: number): void {
    this.#left -= steps
    if (this.#left < 0) throw new StepBudgetSpent("The steps that were given are spent")
  }
}
