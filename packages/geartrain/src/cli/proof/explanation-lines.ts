import type { Explanation } from "../../engine/explain/explanation.ts"
import { countOutcomes, EXIT } from "../../engine/explain/outcome.ts"
import type { Series } from "../../engine/explain/trial-runs.ts"
import type { JobDifference } from "../../provenance/diff-invocations.ts"
import { escapeText } from "../output/escape-text.ts"
import type { Paint } from "../output/paint.ts"
import { textTable } from "../output/text-table.ts"
import { comparisonLines } from "../pages/content-lines.ts"
import { valueText } from "../pages/value-text.ts"
import { changeWords, explanationSentence, outputWords } from "./explanation-sentence.ts"

/** More outputs are told by their number. */
const MOST_OUTPUTS = 5

/** An explanation for people: the sentence, how the outputs differ, and each experiment with what it showed. */
export function explanationLines(explanation: Explanation, paint: Paint): readonly string[] {
  const { verdict, search } = explanation
  const word = verdict === "unexplained" ? paint.red(verdict) : isGood(explanation) ? paint.green(verdict) : verdict
  return [
    `${word}  ${explanationSentence(explanation)}`,
    ...outputLines(explanation, paint),
    ...experimentLines(explanation),
    ...changeLines(explanation),
    ...(search?.cause === undefined ? [] : ["", chanceWords(search.cause.chance)]),
    ...circumstanceLines(explanation),
    ...unavailableLines(explanation),
  ]
}

function isGood({ verdict }: Explanation): boolean {
  return verdict === "same" || verdict === "repeats" || verdict === "explained"
}

/** In what two invocations differ, with both values. */
export function componentLines(components: readonly JobDifference[]): readonly string[] {
  return differenceTable(components, "INVOCATION")
}

function differenceTable(differences: readonly JobDifference[], title: string): readonly string[] {
  if (differences.length === 0) return []
  const rows = differences.map(({ part, name, a, b }) => [
    `${part} ${escapeText(name)}`.trim(),
    valueText(a),
    valueText(b),
  ])
  return textTable([{ title }, { title: "A" }, { title: "B" }], rows)
}

function outputLines({ differing }: Explanation, paint: Paint): readonly string[] {
  const shown = differing
    .slice(0, MOST_OUTPUTS)
    .flatMap((one) => [
      "",
      ...(one.comparison === undefined
        ? [`${escapeText(one.path)}  ${outputWords(one)}`]
        : comparisonLines(one.path, one.comparison, paint)),
    ])
  const left = differing.length - MOST_OUTPUTS
  return left > 0 ? [...shown, `… and ${left} more outputs`] : shown
}

function experimentLines({ observed, search }: Explanation): readonly string[] {
  if (observed === undefined) return []
  const rows = [
    ["nothing", ...seriesCells({ ...observed, conditions: [] })],
    ...(search?.tried ?? []).map((series) => [heldWords(series), ...seriesCells(series)]),
  ]
  const columns = [{ title: "HELD TO" }, { title: "RUNS", align: "right" as const }, { title: "" }]
  return ["", ...textTable(columns, rows)]
}

function heldWords({ conditions }: Series): string {
  return conditions.map(({ says }) => escapeText(says)).join(", ")
}

function seriesCells(series: Series): readonly string[] {
  const { outcomes, varying, refused, isCut } = series
  return [
    String(outcomes.length),
    refused !== undefined
      ? `the gear does not bear it: exit code ${refused.parts.get(EXIT) ?? "none"}`
      : `${agreementWords(series)}${isCut === true ? "; then no more runs were allowed" : ""}${varying.length > 0 && outcomes.length > 1 ? `: ${stillWords(varying)}` : ""}`,
  ]
}

function agreementWords({ outcomes, varying }: Series): string {
  if (outcomes.length < 2) return outcomes.length === 0 ? "" : "one alone says nothing"
  return varying.length === 0 ? "all the same" : `${countOutcomes(outcomes)} different outcomes`
}

/** More paths say no more. */
const MOST_PATHS = 3

function stillWords(varying: readonly string[]): string {
  const names = varying.slice(0, MOST_PATHS).map((path) => (path === EXIT ? "the exit code" : escapeText(path)))
  const left = varying.length - names.length
  return `${names.join(", ")}${left > 0 ? ` and ${left} more` : ""}`
}

function changeLines({ change, pair }: Explanation): readonly string[] {
  if (change === undefined || change.tried.length === 0 || pair === undefined) return []
  const rows = change.tried.map(({ changes, isLikeB, why }) => [
    changes.map(changeWords).join(", "),
    why === undefined ? (isLikeB ? "came out as B" : "did not come out as B") : escapeText(why),
  ])
  return ["", ...textTable([{ title: "A WITH" }, { title: "" }], rows)]
}

/** What agrees by chance more often than this is no strong evidence. */
const STRONG_CHANCE = 0.05

function chanceWords(chance: number): string {
  const said = `The chance that those runs agree though it makes no difference: 1 in ${Math.max(1, Math.round(1 / chance))}`
  return chance > STRONG_CHANCE ? `${said}. That is weak evidence: let more runs agree with --repeat` : said
}

function circumstanceLines({ verdict, circumstances }: Explanation): readonly string[] {
  if (verdict !== "unseen" || circumstances.length === 0) return []
  return ["", "What else was different:", ...differenceTable(circumstances, "")]
}

function unavailableLines({ unavailable }: Explanation): readonly string[] {
  return unavailable.length === 0
    ? []
    : ["", ...unavailable.map(({ name, why }) => `not tried: ${name}: ${escapeText(why)}`)]
}
