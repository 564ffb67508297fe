import { type RunAnalysis, type RunFailure, reasonSays } from "../../workflows/report/run-analysis.ts"
import { formatCount } from "../output/amounts.ts"
import { escapeLogLine, escapeText } from "../output/escape-text.ts"
import type { Paint } from "../output/paint.ts"

/** The last lines of a failure's log, or why there are none. */
export interface LogTail {
  readonly lines: readonly string[]
  readonly why?: string
}

/** Failures that are told one by one; all are counted, and in their groups. */
export const MOST_TOLD = 20

/** Why a run is not complete, for people: counts, kinds of failures, then each with its log and what to type. */
export function analysisLines(
  { state, why, jobs, failures, groups, waiting }: RunAnalysis,
  tails: ReadonlyMap<string, LogTail>,
  paint: Paint,
): readonly string[] {
  const counts = [
    `${jobs.succeeded} succeeded${jobs.reused === 0 ? "" : ` (${jobs.reused} reused)`}`,
    `${jobs.failed} failed`,
    `${jobs.incomplete} not complete`,
    ...(jobs.skipped === 0 ? [] : [`${jobs.skipped} skipped`]),
  ]
  const more = failures.length - MOST_TOLD
  return [
    `${state}${why === undefined ? "" : `: ${escapeText(why)}`}`,
    `${formatCount(jobs.total, "job")}: ${counts.join(", ")}`,
    ...waiting.slice(0, MOST_TOLD).map((each) => `waits for ${escapeText(each)}`),
    ...(groups.length === 0 ? [] : ["", paint.bold("What failed, by kind")]),
    ...groups
      .slice(0, MOST_TOLD)
      .map(
        ({ count, reason, message, example }) =>
          `${String(count).padStart(6)}  ${escapeText(reason)}: ${escapeText(message)}  ${paint.dim(`such as ${escapeText(example.key)}`)}`,
      ),
    ...failures.slice(0, MOST_TOLD).flatMap((failure) => failureLines(failure, tails.get(failure.key), paint)),
    ...(more > 0 ? ["", `… and ${formatCount(more, "more failure")}: --json has all of them`] : []),
  ]
}

function failureLines(failure: RunFailure, tail: LogTail | undefined, paint: Paint): readonly string[] {
  const { key, gear, culprit, reason, message, evidence, exitCode, signal, attempts, lost, commands } = failure
  const exit = exitCode === undefined ? [] : [`exit code ${exitCode}${signal === undefined ? "" : ` (${signal})`}`]
  return [
    "",
    `${paint.red(escapeText(key))}  ${escapeText(message)}`,
    `  culprit: ${culprit} (${escapeText(reason)}: ${reasonSays(reason)})`,
    `  gear ${escapeText(gear)}, ${formatCount(attempts, "try", "tries")}${exit.map((each) => `, ${each}`).join("")}`,
    ...(evidence === undefined ? [] : [`  evidence: ${escapeText(evidence)}`]),
    ...(lost === 0 ? [] : [`  lost behind it: ${formatCount(lost, "job")}`]),
    ...(tail?.lines ?? []).map((line) => `  ${paint.dim("|")} ${escapeLogLine(line)}`),
    ...(tail?.why === undefined ? [] : [`  ${paint.dim(`no log: ${tail.why}`)}`]),
    ...commands.map((command) => `  ${paint.cyan("→")} ${escapeText(command)}`),
  ]
}
