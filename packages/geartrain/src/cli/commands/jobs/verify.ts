import { GeartrainError, isGeartrainError, type JsonObject } from "@geartrain/spec"
import type { Command, CommandResult, Context, Given } from "../../command.ts"
import { BUNDLE_FLAGS, isBundlePath, refuseBundleFlags } from "../../proof/bundle/bundle-flags.ts"
import { readRepeat } from "../../proof/repeat-flag.ts"
import { differenceSentence, tellVerdict, type VerifiedJob } from "../../proof/tell-verdict.ts"
import {
  countVerdicts,
  INPUT_AGAIN,
  inputsAgain,
  VERDICT_EXITS,
  verdictResult,
  worstVerdict,
} from "../../proof/verdict-answer.ts"
import { watchVerify } from "../../proof/watch-verify.ts"

export const verifyCommand: Command = {
  name: "verify",
  arguments: [
    { name: "JOB", says: "The id of a job, its beginning, or latest; or a paper bundle, *.gtz", complete: "job" },
  ],
  flags: {
    ...INPUT_AGAIN,
    provider: {
      type: "text",
      value: "NAME",
      many: true,
      says: "Run it with this provider, which may be another one; given several times, with each",
      complete: "provider",
    },
    repeat: { type: "text", value: "N", says: "Run it so many times with each provider, up to 1000" },
    explain: { type: "switch", says: "Where the bytes are others, find out why by experiments, as gear explain does" },
    ...BUNDLE_FLAGS,
  },
  examples: [
    { command: "gear verify latest", says: "Run the last job again, in a fresh place, and compare every output" },
    {
      command: "gear verify 0123456789ab --provider bubblewrap",
      says: "See whether another provider gives the same bytes",
    },
    { command: "gear verify latest --explain", says: "And why the bytes are others, if they are" },
    { command: "gear verify result.gtz --key lab.pub", says: "Check a paper bundle, and run its jobs again" },
  ],
  notes: [
    "Every verdict is added to the history of the job's record: gear show JOB. Of several, the worst is the answer. What may differ without being different (fields, lines, the last digits of numbers, an order) the gear's manifest declares in custom.geartrain.compare.",
    "Of a paper bundle every byte, the signature and the names of gears and jobs are checked first; its jobs then run in a store of their own, which is gone afterwards.",
  ],
  ...VERDICT_EXITS,
  exitNotes: {
    0: "identical: every output has the same bytes; or equivalent: they differ only in what the manifest declares as free",
    1: "different",
    6: "undecided: the job could not be run again, or not to its end",
  },
  run: async (context, given) => {
    const word = given.words[0] ?? ""
    const repeat = readRepeat(given) ?? 1
    if (isBundlePath(word)) {
      refuseExplaining(given, word)
      const { verifyBundle } = await import("../../proof/bundle/verify-bundle.ts")
      return verifyBundle(context, given, { path: word, repeat })
    }
    refuseBundleFlags(given)
    const files = inputsAgain(given)
    const verdicts: VerifiedJob[] = []
    const undecided: GeartrainError[] = []
    const providers = given.has("provider") ? given.list("provider") : [undefined]
    for (const provider of providers) {
      try {
        await verifyUnder(context, { word, provider, repeat, files }, verdicts)
      } catch (error) {
        // The others may decide; what one of them finds different stays so.
        if (!isUndecided(error) || providers.length === 1) throw error
        undecided.push(error)
        context.reply.warn(`undecided under ${provider}: ${error.message}`)
      }
    }
    const result = answer(context, verdicts, undecided)
    const worst = worstOf(verdicts)
    if (!given.has("explain") || worst === undefined || worst.verification.verdict === "identical") return result
    const { explainVerdict } = await import("../../proof/explain-verdict.ts")
    return await explainVerdict(context, worst, { result, files })
  },
}

/** Runs a job again, as often as is asked for, under one provider. */
async function verifyUnder(
  context: Context,
  wanted: {
    readonly word: string
    readonly provider: string | undefined
    readonly repeat: number
    readonly files: Readonly<Record<string, string>>
  },
  verdicts: VerifiedJob[],
): Promise<void> {
  const { word, provider, repeat, files } = wanted
  const [{ openEngine }, { resolveJob }, { verifyJob }] = await Promise.all([
    import("../../../compose/open-engine.ts"),
    import("../../../engine/life/resolve-job.ts"),
    import("../../../engine/again/verify-job.ts"),
  ])
  const engine = await openEngine(context.settings(), {
    write: true,
    box: true,
    ...(provider === undefined ? {} : { provider }),
  })
  try {
    const record = await resolveJob(word, engine)
    for (let run = 0; run < repeat; run += 1) {
      const verified = await watchVerify(context, record, (options) => verifyJob(record, engine, { ...options, files }))
      verdicts.push({ record, ...verified })
      tellVerdict(context, { record, ...verified })
    }
  } finally {
    await engine.close()
  }
}

function isUndecided(error: unknown): error is GeartrainError {
  return isGeartrainError(error) && Object.hasOwn(VERDICT_EXITS.errorExits, error.code)
}

/** What a bundle brings lies in a store that is gone before anybody could ask why. */
function refuseExplaining(given: Given, path: string): void {
  if (!given.has("explain")) return
  throw new GeartrainError(
    "USAGE",
    `Cannot explain "${path}": a bundle is verified in a store of its own, which does not stay`,
    {
      hint: "Leave --explain away, or explain a job of your own: gear explain JOB",
    },
  )
}

/** Of one verification its verdict, of several the worst, with all of them in the data. */
function answer(
  context: Context,
  verdicts: readonly VerifiedJob[],
  undecided: readonly GeartrainError[],
): CommandResult {
  const { reply } = context
  const dataOf = ({ record, verification }: VerifiedJob): JsonObject =>
    ({ ...verification, verifies: record.id }) as unknown as JsonObject
  const words = [...verdicts.map((one) => one.verification.verdict), ...undecided.map(() => "undecided" as const)]
  const worst = worstOf(verdicts)
  const [first] = undecided
  if (worst === undefined) throw first ?? new RangeError("Nothing was verified")
  const { record, job, verification } = worst
  const data = verdicts.length === 1 ? dataOf(worst) : { ...dataOf(worst), all: verdicts.map(dataOf) }
  const verdict = worstVerdict(words) ?? verification.verdict
  if (words.length > 1) reply.print(`${verdict}  of ${words.length} runs ${countVerdicts(words)}`)
  const isDifferent = verification.verdict === "different"
  reply.say(
    isDifferent ? `→ gear diff ${reply.id(record.id)} ${reply.id(job.id)}` : `→ gear show ${reply.id(record.id)}`,
  )
  if (verdict === "undecided" && first !== undefined)
    return verdictResult(verdict, data, { message: first.message, fix: first.hint ?? "gear doctor" })
  const told = { message: differenceSentence(worst), fix: `gear diff ${record.id} ${job.id}` }
  return verdictResult(verification.verdict, data, told)
}

function worstOf(verdicts: readonly VerifiedJob[]): VerifiedJob | undefined {
  const word = worstVerdict(verdicts.map((one) => one.verification.verdict))
  return verdicts.find((one) => one.verification.verdict === word)
}
