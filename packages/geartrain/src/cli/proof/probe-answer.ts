import type { DeterminismBadge, JsonObject } from "@geartrain/spec"
import { probeCounts, untriedParts } from "../../compose/proof/make-badge.ts"
import type { ProbeFindings } from "../../compose/proof/probe-gear.ts"
import { type ProbeCell, type ProbeVerdict, RUNS_NEEDED } from "../../gear-tests/probe/judge-probe.ts"
import type { TestProbe } from "../../gear-tests/probe/test-probe.ts"
import type { CommandResult, Context } from "../command.ts"
import { formatCount } from "../output/amounts.ts"
import { escapeLines, escapeText } from "../output/escape-text.ts"
import type { Paint } from "../output/paint.ts"
import { shellWord } from "../output/shell-word.ts"
import { textTable } from "../output/text-table.ts"
import { badgeSentence, CONDITION_WORDS } from "./badge-lines.ts"
import { verdictResult } from "./verdict-answer.ts"

/** What came of a badge. */
export interface BadgeOutcome {
  /** Absent where the probe was not enough for one. */
  readonly badge: DeterminismBadge | undefined
  /** Absent where it was not signed. */
  readonly kept: { readonly key: string; readonly catalogue?: string } | undefined
}

/** Tells of a probe, and ends the command with what it says: deterministic and passed, or not, or not known. */
export function probeAnswer(context: Context, findings: ProbeFindings, outcome: BadgeOutcome): CommandResult {
  const { reply, terminal } = context
  const { paint } = terminal.out
  const { gear, probes, unavailable, verdict } = findings
  const { badge } = outcome
  for (const line of cellTable(probes, paint)) reply.print(line)
  for (const { test, problems } of probes.slice(0, MOST_ROWS))
    for (const problem of problems)
      reply.print(`${paint.red("not passed")}  ${escapeText(test.name)}: ${escapeLines(problem)}`)
  const untried = untriedParts(findings)
  for (const { what, why } of untried)
    reply.print(`not tried   ${escapeText(CONDITION_WORDS[what] ?? what)}: ${escapeText(why)}`)
  for (const { provider, why } of unavailable) reply.say(`${provider} was left out: ${escapeText(why)}`)
  const { failedTests, tests } = probeCounts(probes)
  const sentence = badge === undefined ? undecidedSentence(verdict) : badgeSentence(badge)
  const failed =
    failedTests === 0
      ? ""
      : `; ${failedTests} of ${formatCount(tests, "test")} ${failedTests === 1 ? "is" : "are"} not passed`
  const answer = answerOf(badge, failedTests)
  const color = { identical: paint.green, different: paint.red, undecided: paint.yellow }[answer]
  reply.print(color(`${sentence}${failed}`))
  const pair = differingPair(findings)
  const fix = pair === undefined ? null : `gear diff ${pair[0]} ${pair[1]}`
  tellBadge(context, findings, outcome)
  if (pair !== undefined)
    reply.say(
      `→ gear diff ${pair.map(reply.id).join(" ")}, or for the cause: gear explain ${pair.map(reply.id).join(" ")}`,
    )
  const data: JsonObject = {
    gear: gear.id,
    verdict: badge?.verdict ?? null,
    badge: (badge ?? null) as unknown as JsonObject | null,
    counts: { ...probeCounts(probes) },
    cells: probes.flatMap((probe) => probe.cells().map((cell) => ({ ...cell, results: probe.results(cell) }))),
    failed: probes.flatMap(({ test, problems }) => (problems.length === 0 ? [] : [{ test: test.name, problems }])),
    untried: untried.map((one) => ({ ...one })),
    unavailable: unavailable.map((one) => ({ ...one })),
    key: outcome.kept?.key ?? null,
    catalogue: outcome.kept?.catalogue ?? null,
  }
  return verdictResult(answer, data, { message: `${sentence}${failed}`, fix })
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

function tellBadge({ reply }: Context, { gear }: ProbeFindings, { badge, kept }: BadgeOutcome): void {
  if (badge === undefined) return
  const reference = `${gear.manifest.name}@${gear.manifest.version}`
  if (kept === undefined) {
    reply.say("no badge was made, since you have no key to sign it with: gear key new")
    return
  }
  const where =
    kept.catalogue === undefined ? "kept here" : `kept here and beside the gear in ${escapeText(kept.catalogue)}`
  reply.say(`the badge is ${where}, signed by key ${reply.id(kept.key)}`)
  reply.say(`→ gear show ${escapeText(shellWord(reference))}`)
}
