import type { JsonObject } from "@geartrain/spec"
import type { Proof, ProofRun, ProvenCase } from "../../compose/proof/prove.ts"
import type { CommandResult, Context } from "../command.ts"
import { formatCount } from "../output/amounts.ts"
import { escapeLines, escapeText } from "../output/escape-text.ts"
import { listed } from "./listed.ts"
import { matrixData, matrixLines } from "./proof-matrix.ts"
import { type Verdict, verdictResult, worstVerdict } from "./verdict-answer.ts"

/**
 * Tells of a proof, and ends the command with its verdict.
 *
 * @param named  What was proven, for the answer.
 */
export function proofAnswer(context: Context, proof: Proof, named: JsonObject): CommandResult {
  const { reply, terminal } = context
  const { paint } = terminal.out
  const { cases, unavailable } = proof
  for (const line of matrixLines(cases, paint)) reply.print(line)
  const verdict = verdictOf(cases)
  const color = { identical: paint.green, equivalent: paint.green, undecided: paint.yellow, different: paint.red }
  const sentence = sentenceOf(cases, verdict)
  reply.print(`${color[verdict](verdict)}  ${sentence}`)
  for (const problem of problemsOf(cases)) reply.warn(escapeLines(problem))
  for (const { provider, why } of unavailable) reply.warn(`${provider} does not work here: ${escapeText(why)}`)
  const fix = nextStep(cases)
  if (fix !== null) reply.say(`→ ${fix}`)
  // A provider is not to blame for a gear of chance.
  if (fix !== null)
    reply.say(`→ gear verify ${fix.split(" ")[2]} --repeat 5 tells whether it differs under one provider, too`)
  const data: JsonObject = {
    ...named,
    verdict,
    cases: cases.map(caseData),
    ...matrixData(cases),
    unavailable: unavailable.map((one) => ({ ...one })),
  }
  return verdictResult(verdict, data, { message: sentence, fix })
}

/** A single run with nothing beside it proves nothing. */
function verdictOf(cases: readonly ProvenCase[]): Verdict {
  const verdicts = cases.flatMap(({ runs }) => {
    const compared = runs.flatMap(({ verdict }) => (verdict === "first" ? [] : [verdict]))
    return compared.length === 0 ? ["undecided" as const] : compared
  })
  return worstVerdict(verdicts) ?? "undecided"
}

function sentenceOf(cases: readonly ProvenCase[], verdict: Verdict): string {
  const runs = cases.flatMap((one) => one.runs)
  const under = (of: readonly ProofRun[]): string => listed([...new Set(of.map(({ provider }) => provider))])
  const those = runs.filter((run) => run.verdict === verdict)
  const count = formatCount(runs.length, "run")
  if (verdict === "different") return `${count}, and under ${under(those)} the outputs differ`
  if (verdict === "undecided" && those.length === 0)
    return `only ${under(runs)} works here: there is nothing to compare with`
  if (verdict === "undecided") return `under ${under(those)} it came to no end that can be compared`
  const free = verdict === "equivalent" ? ", but for what the gear's manifest declares as free" : ""
  return `${count} under ${under(runs)}: the same outputs${free}`
}

const MOST_PROBLEMS = 20

/** What tests find otherwise, and what could not be run; the same of several runs once. */
function problemsOf(cases: readonly ProvenCase[]): readonly string[] {
  const problems = cases.flatMap(({ name, problems: found, runs }) => {
    const of = name === undefined ? "" : `${name}: `
    const undecided = runs.flatMap(({ provider, why }) =>
      why === undefined ? [] : [`${of}undecided under ${provider}: ${why}`],
    )
    return [...found.map((problem) => `${of}${problem}`), ...undecided]
  })
  const more = problems.length - MOST_PROBLEMS
  return more <= 0 ? problems : [...problems.slice(0, MOST_PROBLEMS), `and ${more} more of the kind: --json has them`]
}

function nextStep(cases: readonly ProvenCase[]): string | null {
  for (const { first, runs } of cases) {
    const other = runs.find(({ verdict }) => verdict === "different")?.job
    if (first !== undefined && other !== undefined) return `gear diff ${first.id} ${other.id}`
  }
  return null
}

function caseData({ name, first, problems, runs }: ProvenCase): JsonObject {
  return {
    ...(name === undefined ? {} : { test: name }),
    first: first?.id ?? null,
    problems,
    runs: runs.map(({ provider, verdict, job, why }) => ({
      ...{ provider, verdict, job: job?.id ?? null, exitCode: job?.exit?.code ?? null },
      ...(why === undefined ? {} : { why }),
    })),
  }
}
