import type { Network } from "@geartrain/spec"
import type { OpenedBundle } from "../../../compose/bundles/open-checked-bundle.ts"
import type { RunAgain } from "../../../compose/bundles/run-bundle.ts"
import type { KnownKey, SignatureVerdict } from "../../../publishing/bundle/read/judge-signature.ts"
import { judgeSignature } from "../../../publishing/bundle/read/judge-signature.ts"
import type { CommandResult, Context, Given } from "../../command.ts"
import { EXIT_CODES } from "../../output/exit-codes.ts"
import { contentLines } from "../../pages/content-lines.ts"
import { interruptible } from "../../run/interrupts.ts"
import { readNetwork } from "../../run/job-flags.ts"
import { differenceSentence, tellVerdict } from "../tell-verdict.ts"
import { countVerdicts, inputsAgain, type Verdict, verdictResult, worstVerdict } from "../verdict-answer.ts"
import { watchVerify } from "../watch-verify.ts"
import {
  bundleData,
  contentLine,
  jobLine,
  resultData,
  signatureLine,
  standInLines,
  undecidedLines,
} from "./bundle-lines.ts"

export interface BundleToVerify {
  readonly path: string
  readonly repeat: number
}

/** Checks a paper bundle from its first byte to its last, and runs its jobs again unless that is not wanted. */
export async function verifyBundle(
  context: Context,
  given: Given,
  { path, repeat }: BundleToVerify,
): Promise<CommandResult> {
  const files = new Map(Object.entries(inputsAgain(given)))
  const network: Network = readNetwork(given) ?? "none"
  const wanted = await readWantedKeys(given)
  const { openDocuments, checkMembers } = await import("../../../compose/bundles/open-checked-bundle.ts")
  const settings = context.settings()
  const opened = await openDocuments(path, settings)
  try {
    const signature = judgeSignature(opened.bundle, await knownKeys(context), wanted)
    const { reply, terminal } = context
    reply.print(contentLine(opened, terminal.out.paint))
    reply.print(signatureLine(signature, terminal.out.paint))
    await interruptible(
      () => context.reply.say("stopping"),
      ({ signal }) => checkMembers(opened, signal),
    )
    reply.print(
      `${terminal.out.paint.green("whole")}  every byte is as it was packed, and all names follow from their content`,
    )
    for (const line of standInLines(opened.bundle.index)) reply.print(line)
    if (given.has("no-run")) return { data: bundleData(opened, signature) }
    const { runBundle } = await import("../../../compose/bundles/run-bundle.ts")
    const results = await runBundle(opened, settings, {
      providers: given.list("provider"),
      repeat,
      files,
      network: network === "outbound",
      watch: (record, verify) => watchVerify(context, record, verify),
      onResult: (result) => tellResult(context, result, opened),
    })
    return answer(context, results, { opened, signature })
  } finally {
    await opened.bundle.close()
  }
}

/** Keys of the reader's own, and those that they trust for whatever gears. */
async function knownKeys(context: Context): Promise<readonly KnownKey[]> {
  const { openKeys } = await import("../../../compose/catalogue/open-catalogue.ts")
  const keys = openKeys(context.settings())
  return [...(await keys.trusted()), ...(await keys.own())]
}

async function readWantedKeys(given: Given): Promise<readonly KnownKey[] | undefined> {
  const paths = given.list("key")
  if (paths.length === 0) return undefined
  const { readKeyFile } = await import("./read-key-file.ts")
  return Promise.all(paths.map(readKeyFile))
}

function tellResult(context: Context, result: RunAgain, { records }: OpenedBundle): void {
  const { reply, terminal } = context
  if (records.length > 1) reply.print(jobLine(result.record, reply))
  if ("verified" in result) {
    tellVerdict(context, { record: result.record, ...result.verified })
    for (const line of contentLines(result.contents, terminal.out.paint)) reply.print(line)
  } else for (const line of undecidedLines(result, terminal.out.paint)) reply.print(line)
}

function verdictOf(result: RunAgain): Verdict {
  return "verified" in result ? result.verified.verification.verdict : "undecided"
}

function answer(
  { reply }: Context,
  results: readonly RunAgain[],
  checked: { readonly opened: OpenedBundle; readonly signature: SignatureVerdict },
): CommandResult {
  const verdicts = results.map(verdictOf)
  const word = worstVerdict(verdicts)
  const data = {
    ...bundleData(checked.opened, checked.signature),
    verdict: word ?? null,
    jobs: results.map(resultData),
  }
  const worst = results.find((result) => verdictOf(result) === word)
  // A bundle of no job holds together, and says nothing that could be decided.
  if (word === undefined || worst === undefined)
    return {
      data,
      exitCode: EXIT_CODES.UNDECIDED,
      ...verdictResult("undecided", data, { message: "there is no job in it", fix: null }),
    }
  if (results.length > 1) reply.print(`${word}  of ${results.length} runs ${countVerdicts(verdicts)}`)
  const message =
    "verified" in worst ? differenceSentence({ record: worst.record, ...worst.verified }) : worst.undecided
  return verdictResult(word, data, { message, fix: "verified" in worst ? null : (worst.hint ?? null) })
}
