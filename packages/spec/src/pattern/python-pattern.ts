import { compilePattern, type Instruction } from "./compile-pattern.ts"
import { parsePattern } from "./parse-pattern.ts"
import { PatternProblem } from "./pattern-node.ts"
import { PatternSearch } from "./search-pattern.ts"
import type { StepBudget } from "./step-budget.ts"

/** A regular expression of Python's, ready to be matched. */
export interface PythonPattern {
  /** How long the pattern is, written out: what matching it costs at each character, at most. */
  readonly instructions: number
  /**
   * Whether the pattern matches somewhere in the text, as Python's `re.search` tells.
   *
   * @throws {StepBudgetSpent} when it would take more steps than are left.
   */
  search(text: string, budget: StepBudget): boolean
}

export type PatternResult =
  | { readonly ok: true; readonly pattern: PythonPattern }
  | {
      readonly ok: false
      /** `invalid`: Python refuses it too. `unsupported`: it is a pattern that is not matched here. */
      readonly kind: "invalid" | "unsupported"
      /** What is the case with it, as a sentence that begins with "it". */
      readonly problem: string
    }

/**
 * Reads a regular expression as Python's `re` does, for matching in time that is bounded whatever pattern and text are.
 *
 * The browser's and Node's own expressions are of no use here: they mean other things (`$`, `\d`, `\Z`, `(?P<name>…)`), and a hostile one such as
 * `(a+)+$` keeps them busy for ever. Here all ways of matching are followed at once, so that the time is at most the length of the text times
 * that of the pattern, and its steps are counted against a budget.
 *
 * @example
 *   readPythonPattern("^a+$").pattern.search("aa\n", new StepBudget()) // => true
 *   readPythonPattern("(a").problem // => "it has a ( without )"
 */
export function readPythonPattern(source: string): PatternResult {
  try {
    return { ok: true, pattern: new CompiledPattern(compilePattern(parsePattern(source))) }
  } catch (error) {
    if (error instanceof PatternProblem) return { ok: false, kind: error.kind, problem: error.message }
    throw error
  }
}

class CompiledPattern implements PythonPattern {
  readonly instructions: number
  readonly #program: readonly Instruction[]

  constructor(program: readonly Instruction[]) {
    this.#program = program
    this.instructions = program.length
  }

  search(text: string, budget: StepBudget): boolean {
    return new PatternSearch(this.#program, text, budget).search()
  }
}
