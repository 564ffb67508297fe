import { StepBudget } from "@geartrain/spec"
import type { Rule, RuleCondition } from "@geartrain/spec/rules"
import { type Evaluation, evaluateCondition } from "./evaluate-condition.ts"
import { type Explained, explainedReason } from "./explained.ts"
import type { FileFacts, RuleFacts } from "./rule-facts.ts"

/** What a rule says of a file. */
export interface RuleVerdict {
  /** `fits`: a job is called for. `waiting`: the file fits, and another that belongs to it is not there. `ambiguous`: there are several. */
  readonly outcome: "fits" | "does-not-fit" | "waiting" | "ambiguous"
  /** Why, as a sentence for people, without a full stop. */
  readonly says: string
  /** Of the rule's `when`; absent for a rule that has none. */
  readonly when?: Explained
  /** Of each input that the rule takes together with others. */
  readonly inputs: readonly InputVerdict[]
  /** The files of the job, by input; only when it fits. */
  readonly chosen: Readonly<Record<string, FileFacts>>
}

/** What was found for one input. */
export interface InputVerdict {
  readonly input: string
  readonly fitting: readonly FileFacts[]
  /** Of the file that the rule is asked about. */
  readonly thisFile: Explained
}

/**
 * Decides whether a rule calls for a job about a file, and says why. Looks at nothing but the facts.
 *
 * @param input  The input that a file alone is for: the one that the gear requires, for a rule without `inputs`.
 * @throws {GeartrainError} RULE_TOO_COSTLY
 */
export function evaluateRule(rule: Pick<Rule, "when" | "inputs">, facts: RuleFacts, input: string): RuleVerdict {
  const evaluation: Evaluation = { facts, budget: new StepBudget() }
  const { file } = facts
  const when = rule.when === undefined ? undefined : evaluateCondition(rule.when, file, evaluation)
  const inputs = Object.entries(rule.inputs ?? {}).map(([name, condition]) => findFitting(name, condition, evaluation))
  const told = { inputs, ...(when === undefined ? {} : { when }), chosen: {} }
  if (when?.holds === false)
    return { ...told, outcome: "does-not-fit", says: `${nameOf(file)} does not fit: ${explainedReason(when)}` }
  if (rule.inputs === undefined) {
    const reason = when === undefined ? "the rule takes every file" : explainedReason(when)
    return { ...told, outcome: "fits", says: `${nameOf(file)} fits: ${reason}`, chosen: { [input]: file } }
  }
  return { ...told, ...chooseTogether(file, inputs) }
}

function findFitting(input: string, condition: RuleCondition, evaluation: Evaluation): InputVerdict {
  const { facts } = evaluation
  const fitting = facts.files.filter((file) => evaluateCondition(condition, file, evaluation).holds)
  return { input, fitting, thisFile: evaluateCondition(condition, facts.file, evaluation) }
}

/** Exactly one file has to fit each input, and the file that it is about has to be one of them. */
function chooseTogether(
  file: FileFacts,
  inputs: readonly InputVerdict[],
): Pick<RuleVerdict, "outcome" | "says" | "chosen"> {
  if (!inputs.some(({ thisFile }) => thisFile.holds)) {
    const reasons = inputs.map(({ input, thisFile }) => `for input "${input}", ${explainedReason(thisFile)}`)
    return {
      outcome: "does-not-fit",
      says: `${nameOf(file)} fits no input: ${reasons.slice(0, 3).join("; ")}`,
      chosen: {},
    }
  }
  const several = inputs.filter(({ fitting }) => fitting.length > 1)
  const none = inputs.filter(({ fitting }) => fitting.length === 0)
  if (none.length > 0) {
    const names = none.map(({ input }) => `"${input}"`).join(", ")
    return {
      outcome: "waiting",
      says: `No file fits input ${names} yet, which ${nameOf(file)} is taken together with`,
      chosen: {},
    }
  }
  if (several.length > 0) {
    const told = several.map(({ input, fitting }) => `input "${input}": ${listFiles(fitting)}`)
    return { outcome: "ambiguous", says: `More than one file fits ${told.join("; ")}`, chosen: {} }
  }
  const chosen = Object.fromEntries(
    inputs.flatMap(({ input, fitting: [only] }) => (only === undefined ? [] : [[input, only]])),
  )
  const told = inputs.map(({ input, fitting }) => `"${input}" is ${listFiles(fitting)}`)
  return { outcome: "fits", says: `Just one file fits each input: ${told.join(", ")}`, chosen }
}

function nameOf(file: FileFacts): string {
  return `"${file.name}"`
}

function listFiles(files: readonly FileFacts[]): string {
  const shown = files.slice(0, MOST_FILES).map(nameOf).join(", ")
  return files.length > MOST_FILES ? `${shown} and ${files.length - MOST_FILES} more` : shown
}

const MOST_FILES = 5
