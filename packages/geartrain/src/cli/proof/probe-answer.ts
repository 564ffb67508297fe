import type { DeterminismBadge, JsonObject } from "@geartrain/spec"
import { type ProbeCell, type ProbeVerdict, RUNS_NEEDED } from "../../author/gear-tests/probe/judge-probe.ts"
import type { TestProbe } from "../../author/gear-tests/probe/test-probe.ts"
import { probeCounts, untriedParts } from "../../compose/proof/make-badge.ts"
import type { ProbeFindings } from "../../compose/proof/probe-gear.ts"
import type { CommandResult, Context } from "../command.ts"
import { formatCount } from "../output/amounts.ts"
import { escapeLines, escapeText } from "../output/escape-text.ts"
import type { Paint } from "../output/paint.ts"
import { shellWord } from "../output/shell-word.ts"
import { textTable } from "../output/text-table.ts"
import { badgeSentence, CONDITION_WORDS } from "./badge-lines.ts"
import type { KeptBadge } from "./keep-badge.ts"
import { verdictResult } from "./verdict-answer.ts"

/**
 * Tells of a probe: deterministic and passed, or not, or not known.
 *
 * @returns what ends the command with that, once the badge is kept, or is not.
 */
export function tellProbe(
  context: Context,
  findings: ProbeFindings,
  badge: DeterminismBadge | undefined,
): (kept: KeptBadge | undefined) => CommandResult {
  const { reply, terminal } = context
  const { paint } = terminal.out
  const { probes, unavailable } = findings
  for (const line of cellTable(probes, paint)) reply.print(line)
  for (const line of failureLines(probes, paint)) reply.print(line)
  for (const { what, why } of untriedParts(findings))
    reply.print(`not tried   ${escapeText(CONDITION_WORDS[what] ?? what)}: ${escapeText(why)}`)
  for (const { provider, why } of unavailable) reply.say(`${provider} was left out: ${escapeText(why)}`)
  const { failedTests } = probeCounts(probes)
  const message = sentenceOf(findings, badge)
  const answer = answerOf(badge, failedTests)
  const color = { identical: paint.green, different: paint.red, undecided: paint.yellow }[answer]
  reply.print(color(message))
  const pair = differingPair(findings)
  const fix = pair === undefined ? null : `gear diff ${pair.join(" ")}`
  return (kept) => {
    if (badge !== undefined) tellBadge(context, findings, kept)
    const ids = pair?.map(reply.id).join(" ")
    if (ids !== undefined) reply.say(`→ gear diff ${ids}, or for the cause: gear explain ${ids}`)
    const data = { ...probeData(findings, badge), key: kept?.key ?? null, catalogue: kept?.catalogue ?? null }
    return verdictResult(answer, data, { message, fix })
  }
}

function probeData(findings: ProbeFindings, badge: DeterminismBadge | undefined): JsonObject {
  const { gear, probes, unavailable } = findings
  return {
    gear: gear.id,
    verdict: badge?.verdict ?? null,
    badge: (badge ?? null) as unknown as JsonObject | null,
    counts: { ...probeCounts(probes) },
    cells: probes.flatMap((probe) => probe.cells().map((cell) => ({ ...cell, results: probe.results(cell) }))),
    failed: probes.flatMap(({ test, problems }) => (problems.length === 0 ? [] : [{ test: test.name, problems }])),
    untried: untriedParts(findings).map((one) => ({ ...one })),
    unavailable: unavailable.map((one) => ({ ...one })),
  }
}

/** Tests that are not passed, and not all of very many. */
function failureLines(probes: readonly TestProbe[], paint: Paint): readonly string[] {
  const lines = probes.flatMap(({ test, problems }) =>
    problems.map((problem) => `${paint.red("not passed")}  ${escapeText(test.name)}: ${escapeLines(problem)}`),
  )
  const left = lines.length - MOST_ROWS
  return left <= 0 ? lines : [...lines.slice(0, MOST_ROWS), `and ${left} more that are not passed: --json has them`]
}

function sentenceOf({ probes, verdict }: ProbeFindings, badge: DeterminismBadge | undefined): string {
  const sentence = badge === undefined ? undecidedSentence(verdict) : badgeSentence(badge)
  const { failedTests, tests } = probeCounts(probes)
  if (failedTests === 0) return sentence
  return `${sentence}; ${failedTests} of ${formatCount(tests, "test")} ${failedTests === 1 ? "is" : "are"} not passed`
}

/** The question is whether the gear answers the same again, and as its tests say. */
function answerOf(badge: DeterminismBadge | undefined, failedTests: number): "identical" | "different" | "undecided" {
  if (badge === undefined) return failedTests > 0 ? "different" : "undecided"
  return badge.verdict === "deterministic" && failedTests === 0 ? "identical" : "different"
}

function undecidedSentence(verdict: ProbeVerdict): string {
  if (verdict.kind === "too-few") {
    const same = `${CONDITION_WORDS[verdict.condition]}, all answers were the same`
    return `undecided: ${same}, in ${formatCount(verdict.runs, "run")} of a test, and ${RUNS_NEEDED} are needed to say so`
  }
  if (verdict.kind === "not-run") return `undecided: test "${escapeText(verdict.test)}" could not be run to its end`
  throw new TypeError(`A verdict of kind ${verdict.kind} makes a badge`)
}

/** More rows say no more to people; `--json` has them. */
const MOST_ROWS = 60

function cellTable(probes: readonly TestProbe[], paint: Paint): readonly string[] {
  const cells = probes.flatMap((probe) => probe.cells())
  const answersOf = ({ answers }: ProbeCell): number => new Set(answers).size
  const shown = new Set(cells.toSorted((a, b) => answersOf(b) - answersOf(a)).slice(0, MOST_ROWS))
  const rows = cells
    .filter((cell) => shown.has(cell))
    .map((cell) => [
      escapeText(cell.test),
      CONDITION_WORDS[cell.condition] ?? cell.condition,
      `${cell.answers.length}${cell.undecided === 0 ? "" : ` and ${cell.undecided} undecided`}`,
      answersOf(cell) > 1 ? paint.red(answerWords(cell)) : answerWords(cell),
    ])
  const columns = [{ title: "TEST" }, { title: "CONDITION" }, { title: "RUNS" }, { title: "ANSWERS" }]
  const left = cells.length - rows.length
  const more = left === 0 ? [] : [`and ${formatCount(left, "more row")}: --json has them`]
  return [...(rows.length === 0 ? [] : textTable(columns, rows)), ...more]
}

/** Which answers there were, so that it can be seen where they are the same: a letter each, of the same test. */
export function answerWords({ answers }: Pick<ProbeCell, "answers">): string {
  const different = [...new Set(answers)]
  const letters = different.slice(0, MOST_LETTERS).map((number) => LETTERS[number] ?? `#${number + 1}`)
  return different.length > MOST_LETTERS ? `${letters.join(" ")} … ${different.length} different` : letters.join(" ")
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
const MOST_LETTERS = 4

/** Two runs that differ say more than any count. */
function differingPair({ probes }: ProbeFindings): readonly [string, string] | undefined {
  for (const probe of probes) {
    const [one, other] = probe.examples()
    if (one !== undefined && other !== undefined) return [one, other]
  }
  return undefined
}

function tellBadge({ reply }: Context, { gear }: ProbeFindings, kept: KeptBadge | undefined): void {
  const reference = `${gear.manifest.name}@${gear.manifest.version}`
  if (kept === undefined) {
    reply.say("no badge was made, since you have no key to sign it with: gear key new")
    return
  }
  const where =
    kept.catalogue === undefined ? "kept here" : `kept here and beside the gear in ${escapeText(kept.catalogue)}`
  reply.say(`the badge is ${where}, signed by key ${reply.id(kept.key)}`)
  reply.say(`→ gear show ${shellWord(reference)}`)
}
