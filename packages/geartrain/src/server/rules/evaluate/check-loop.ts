import type { Rule } from "@geartrain/spec/rules"
import type { FileFacts } from "./rule-facts.ts"

/** A job that a rule started, in the line of those that led to a file. */
export interface RuleLink {
  readonly rule: string
  readonly job: string
}

/** Jobs of rules in a row, where a rule says nothing else. */
export const USUAL_DEPTH = 8

/**
 * Keeps rules from going round: outputs of a gear do not call for the same gear again unless the rule allows it, and no line of jobs that rules
 * started gets longer than the rule allows.
 *
 * @param chain  What led to the files that the job would read, the oldest first.
 * @returns Why it must not fire, as a sentence; undefined when it may.
 * @example
 *   checkLoop({ gear: { name: "bet", version: "1" } }, { chain: [], files: [] }) // => undefined
 */
export function checkLoop(
  rule: Pick<Rule, "gear" | "loops">,
  { chain, files }: { readonly chain: readonly RuleLink[]; readonly files: readonly FileFacts[] },
): string | undefined {
  const own = files.find(({ madeBy }) => madeBy?.gear === rule.gear.name)
  if (own !== undefined && rule.loops?.ownOutputs !== true) {
    return `"${own.name}" is an output of ${rule.gear.name} itself, by job ${own.madeBy?.job}; a rule takes those only with loops.ownOutputs`
  }
  const depth = rule.loops?.depth ?? USUAL_DEPTH
  if (chain.length < depth) return undefined
  const jobs = chain.map(({ job }) => job).slice(-3)
  return `${chain.length} jobs of rules in a row led to it, of which ${depth} are allowed; the last are ${jobs.join(", ")}`
}
