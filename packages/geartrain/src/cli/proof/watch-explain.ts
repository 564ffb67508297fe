import { GeartrainError, type JobRecord } from "@geartrain/spec"
import type { EnginePorts } from "../../engine/engine-ports.ts"
import type { Explanation } from "../../engine/explain/explanation.ts"
import type { CommandResult, Context, Given } from "../command.ts"
import { formatCount, formatDuration } from "../output/amounts.ts"
import { escapeText } from "../output/escape-text.ts"
import { interruptible } from "../run/interrupts.ts"
import { explanationData } from "./explanation-data.ts"
import { explanationLines } from "./explanation-lines.ts"
import { explanationSentence } from "./explanation-sentence.ts"
import { type Verdict, verdictResult } from "./verdict-answer.ts"

/** How much explaining may cost. */
export interface ExplainCost {
  readonly repeat: number
  readonly mostRuns: number
}

/** Four runs that agree where four others did not do so by chance once in 70 times. */
export const USUAL_REPEAT = 4
/** Enough for a gear whose every condition is tried, alone and together. */
export const USUAL_RUNS = 80

/** @throws {GeartrainError} USAGE */
export function readCount(
  given: Given,
  flag: string,
  limits: { readonly usual: number; readonly least: number; readonly most: number },
): number {
  const text = given.text(flag)
  if (text === undefined) return limits.usual
  const count = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN
  if (count >= limits.least && count <= limits.most) return count
  throw new GeartrainError(
    "USAGE",
    `Cannot read --${flag} "${text}": it has to be a whole number from ${limits.least} to ${limits.most}`,
    { details: { text }, hint: `Say how many: --${flag} ${limits.usual}` },
  )
}

/** Explains a job under the eyes of the user, who may interrupt it. */
export async function watchExplain(
  context: Context,
  [a, b]: readonly [JobRecord, JobRecord | undefined],
  wish: ExplainCost & { readonly ports: EnginePorts; readonly files: Readonly<Record<string, string>> },
): Promise<Explanation> {
  const { explainJob } = await import("../../engine/explain/explain-job.ts")
  const { reply } = context
  const took = a.usage === undefined ? "" : `, of some ${formatDuration(a.usage.wallMs)} each`
  reply.say(
    `explains ${reply.id(a.id)} ${escapeText(`${a.gear.name}@${a.gear.version}`)}: at most ${formatCount(wish.mostRuns, "run")}${took}`,
  )
  // What was interrupted says nothing about the job.
  return interruptible(
    () => reply.say("stopping the gear; once more to kill it at once"),
    ({ signal, force }) =>
      explainJob(a, b, {
        ports: wish.ports,
        options: {
          repeat: wish.repeat,
          mostRuns: wish.mostRuns,
          files: wish.files,
          signal,
          force,
          onSeries: (how, wanted) => reply.say(`${formatCount(wanted, "run")} ${escapeText(how)}`),
        },
      }),
  )
}

/** Prints an explanation, and makes it the end of a command. */
export function tellExplanation(context: Context, explanation: Explanation): CommandResult {
  const { reply, terminal } = context
  for (const line of explanationLines(explanation, terminal.out.paint)) reply.print(line)
  const { job, pair } = explanation
  const fix = pair === undefined ? `gear show ${job.id}` : `gear diff ${pair[0].id} ${pair[1].id}`
  reply.say(`→ ${fix.replaceAll(/[0-9a-f]{24}/g, (id) => reply.id(id))}`)
  return verdictResult(VERDICTS[explanation.verdict], explanationData(explanation), {
    message: explanationSentence(explanation),
    fix,
  })
}

/** What was explained is as good an answer as that there is nothing to explain. */
const VERDICTS: Readonly<Record<Explanation["verdict"], Verdict>> = {
  same: "identical",
  repeats: "identical",
  explained: "identical",
  unexplained: "different",
  unseen: "undecided",
  undecided: "undecided",
}
