import type { JsonObject, Verification } from "@geartrain/spec"
import type { Command, CommandResult, Flag, Given } from "../command.ts"
import { EXIT_CODES } from "../output/exit-codes.ts"
import type { ReplyError } from "../output/reply.ts"
import { readPairs } from "../run/job-flags.ts"
import { differentReply } from "./diff-files.ts"

/** The flag of commands that run a recorded job again. */
export const INPUT_AGAIN = {
  input: {
    type: "text",
    short: "i",
    value: "NAME=PATH",
    many: true,
    says: "Where an input lies now, if it is not where it was",
  },
} as const satisfies Readonly<Record<string, Flag>>

/** @throws {GeartrainError} USAGE */
export function inputsAgain(given: Given): Readonly<Record<string, string>> {
  return Object.fromEntries(readPairs(given.list("input"), "--input", "NAME=PATH"))
}

/** What errors are to commands whose answer is a verdict: nothing was found out. */
export const VERDICT_EXITS = {
  exits: "answer",
  errorExits: { JOB_NOT_REPLAYABLE: EXIT_CODES.UNDECIDED, PROVIDER_UNAVAILABLE: EXIT_CODES.UNDECIDED },
} as const satisfies Pick<Command, "exits" | "errorExits">

export type Verdict = Verification["verdict"] | "undecided"

/** From the best to the worst: what is known to be different stays so, whatever could not be found out. */
const VERDICTS: readonly Verdict[] = ["identical", "equivalent", "undecided", "different"]

/**
 * The worst of several verdicts, which is the answer.
 *
 * @example
 *   worstVerdict(["identical", "different", "undecided"]) // => "different"
 */
export function worstVerdict<Word extends Verdict>(verdicts: readonly Word[]): Word | undefined {
  return verdicts.toSorted((a, b) => VERDICTS.indexOf(b) - VERDICTS.indexOf(a))[0]
}

/**
 * Says how often each verdict was given, the best first.
 *
 * @example
 *   countVerdicts(["different", "identical", "identical"]) // => "2 identical, 1 different"
 */
export function countVerdicts(verdicts: readonly Verdict[]): string {
  const counts = VERDICTS.map((word) => [verdicts.filter((verdict) => verdict === word).length, word] as const)
  return counts.flatMap(([count, word]) => (count > 0 ? [`${count} ${word}`] : [])).join(", ")
}

/** A verdict as the end of a command. */
export function verdictResult(
  verdict: Verdict,
  data: JsonObject,
  told: { readonly message: string; readonly fix: string | null },
): CommandResult {
  if (verdict === "different") {
    return { data, exitCode: EXIT_CODES.NO, error: { ...differentReply(told.message), fix: told.fix } }
  }
  return verdict === "undecided" ? { data, exitCode: EXIT_CODES.UNDECIDED, error: undecidedReply(told) } : { data }
}

function undecidedReply({ message, fix }: { readonly message: string; readonly fix: string | null }): ReplyError {
  return { code: "UNDECIDED", message, fix, docs: "gear help UNDECIDED", culprit: "unknown", retryable: false }
}
