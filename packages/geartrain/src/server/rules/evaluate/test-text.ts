import { GeartrainError, type StepBudget, StepBudgetSpent } from "@geartrain/spec"
import { anchoredPattern, globPattern, type PatternReading, type TextTest } from "@geartrain/spec/rules"

/** A test of a text, ready to be asked. */
export interface ReadyText {
  matches(text: string): boolean
  /** For people. */
  readonly wanted: string
}

/**
 * Makes a test of a text.
 *
 * @param options.glob  A plain text is the pattern of a name.
 */
export function readyText(
  test: TextTest,
  options: { readonly budget: StepBudget; readonly glob: boolean; readonly ignoreCase?: boolean },
): ReadyText {
  const { budget, glob, ignoreCase = true } = options
  if (typeof test !== "string") {
    const reading = anchoredPattern(test.regex, { ignoreCase })
    return { wanted: `what begins as /${test.regex}/ says`, matches: matcher(reading, budget) }
  }
  if (glob) return { wanted: `"${test}"`, matches: matcher(globPattern(test), budget) }
  const folded = test.toLowerCase()
  return { wanted: `"${test}"`, matches: (text) => text.toLowerCase() === folded }
}

function matcher(reading: PatternReading, budget: StepBudget): (text: string) => boolean {
  // A rule was read before it was stored: a pattern that is none was refused then.
  if (!reading.ok) throw new TypeError(`A stored rule has a pattern that is none: ${reading.problem}`)
  return (text) => {
    try {
      return reading.pattern.search(text, budget)
    } catch (error) {
      if (!(error instanceof StepBudgetSpent)) throw error
      throw new GeartrainError(
        "RULE_TOO_COSTLY",
        "Cannot evaluate the rule: its patterns take more steps than are allowed",
        {
          hint: "Make the patterns of the rule simpler, or hold it to fewer files",
          cause: error,
        },
      )
    }
  }
}
