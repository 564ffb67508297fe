import { listWords } from "@geartrain/spec"
import type { DescribedDifference } from "../../engine/explain/describe-differences.ts"
import type { Explanation } from "../../engine/explain/explanation.ts"
import type { JobDifference } from "../../provenance/diff-invocations.ts"
import { formatCount } from "../output/amounts.ts"
import { escapeText } from "../output/escape-text.ts"
import { valueText } from "../pages/value-text.ts"

/** What an explanation comes to, in one sentence without full stop. */
export function explanationSentence(explanation: Explanation): string {
  const { verdict, search, change, observed, runs } = explanation
  const what = differenceWords(explanation)
  switch (verdict) {
    case "same":
      return `both jobs came out the same${explanation.components.length > 0 ? ", though their invocations differ" : ""}`
    case "repeats":
      return `the runs do not differ: ${formatCount(observed?.outcomes.length ?? 0, "new run")} came out as the job did`
    case "unseen":
      return `${what}; that did not show again: ${formatCount(observed?.outcomes.length ?? 0, "new run")} came out all the same`
    case "explained":
      return search?.cause === undefined
        ? `${what}; the cause is ${listWords((change?.cause ?? []).map(changeWords), "and")}`
        : `${what}; identical with ${listWords(
            search.cause.series.conditions.map(({ says }) => escapeText(says)),
            "and",
          )}`
    case "unexplained":
      return search === undefined
        ? `${what}; no change of one invocation towards the other explains it`
        : `${what}; nothing that was tried makes the runs agree`
    case "undecided":
      return `${what === "" ? "" : `${what}; `}no cause was found in ${formatCount(runs, "run")}, and more were not allowed`
  }
}

/**
 * A difference between two invocations, with both values.
 *
 * @example
 *   changeWords({ part: "config", name: "threads", a: 1, b: 8 }) // => "config threads: 8 instead of 1"
 */
export function changeWords({ part, name, a, b }: JobDifference): string {
  const subject = name === "" ? part : `${part} ${escapeText(name)}`
  if (b === undefined) return `${subject}: not given, instead of ${valueText(a)}`
  return `${subject}: ${valueText(b)}${a === undefined ? ", which was not given" : ` instead of ${valueText(a)}`}`
}

/** What differs: of one output how, of several how many, with the first. */
function differenceWords({ differing, pair }: Explanation): string {
  const [first] = differing
  if (pair === undefined) return ""
  if (first === undefined) {
    const [a, b] = pair.map(({ exit }) => exit?.code ?? "none")
    return `the exit codes ${a} and ${b} differ`
  }
  const words = `${escapeText(first.path)}: ${outputWords(first)}`
  return differing.length === 1 ? words : `${differing.length} outputs differ, such as ${words}`
}

/** Small powers of ten are written as people write them, and as JSON has them. */
function withinText(within: number): string {
  return within < 0.01 ? within.toExponential() : String(within)
}

/** How one output differs, as the end of a sentence. */
export function outputWords({ comparison, onlyIn, within }: DescribedDifference): string {
  if (onlyIn !== undefined) return `only one of the runs put it out`
  if (comparison === undefined) return "other bytes"
  return `${escapeText(comparison.summary)}${within === undefined ? "" : `, equal within ${withinText(within)}`}`
}
