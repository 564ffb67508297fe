import { GeartrainError, type JobRecord, type JsonObject } from "@geartrain/spec"
import type { Verified } from "../../../engine/again/verify-job.ts"
import type { RunJobOptions } from "../../../engine/job-request.ts"
import type { Command, CommandResult, Context, Given } from "../../command.ts"
import { formatCount } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { textTable } from "../../output/text-table.ts"
import {
  countVerdicts,
  INPUT_AGAIN,
  inputsAgain,
  VERDICT_EXITS,
  verdictResult,
  worstVerdict,
} from "../../proof/verdict-answer.ts"
import { watchInterrupts } from "../../run/interrupts.ts"
import { createJobView } from "../../run/job-view.ts"

export const verifyCommand: Command = {
  name: "verify",
  arguments: [{ name: "JOB", says: "The id of a job, its beginning, or latest", complete: "job" }],
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
  },
  examples: [
    { command: "gear verify latest", says: "Run the last job again, in a fresh place, and compare every output" },
    {
      command: "gear verify 0123456789ab --provider bubblewrap",
      says: "See whether another provider gives the same bytes",
    },
  ],
  notes: [
    "Every verdict is added to the history of the job's record: gear show JOB. Of several, the worst is the answer. What may differ without being different (fields, lines, the last digits of numbers, an order) the gear's manifest declares in custom.geartrain.compare.",
  ],
  ...VERDICT_EXITS,
  exitNotes: {
    0: "identical: every output has the same bytes; or equivalent: they differ only in what the manifest declares as free",
    1: "different",
    6: "undecided: the job could not be run again, or not to its end",
  },
  run: async (context, given) => {
    const [{ openEngine }, { resolveJob }, { verifyJob }] = await Promise.all([
      import("../../../compose/open-engine.ts"),
      import("../../../engine/life/resolve-job.ts"),
      import("../../../engine/again/verify-job.ts"),
    ])
    const files = inputsAgain(given)
    const repeat = readRepeat(given)
    const verdicts: Verdict[] = []
    for (const provider of given.has("provider") ? given.list("provider") : [undefined]) {
      const engine = await openEngine(context.settings(), {
        write: true,
        ...(provider === undefined ? {} : { provider }),
      })
      try {
        const record = await resolveJob(given.words[0] ?? "", engine)
        for (let run = 0; run < repeat; run += 1) {
          const verified = await watchVerify(context, record, (options) =>
            verifyJob(record, engine, { ...options, files }),
          )
          verdicts.push({ record, ...verified })
          tellVerdict(context, { record, ...verified })
        }
      } finally {
        await engine.close()
      }
    }
    return answer(context, verdicts)
  },
}

/** Runs one verification under the eyes of the user, who may interrupt it. */
async function watchVerify(
  context: Context,
  record: JobRecord,
  verify: (options: RunJobOptions) => Promise<Verified>,
): Promise<Verified> {
  const view = createJobView(context.terminal, context.reply, {
    title: `verifies ${context.reply.id(record.id)} ${record.gear.name}@${record.gear.version}`,
    quiet: context.options.quiet || context.options.json,
    streams: context.options.verbose ? "stderr" : "nowhere",
  })
  const interrupts = watchInterrupts(() => view.stopping())
  try {
    return await verify({
      signal: interrupts.signal,
      force: interrupts.force,
      onEvent: (event) => view.onEvent(event),
    })
  } catch (error) {
    // What was interrupted says nothing about the job.
    throw interrupts.explain(error)
  } finally {
    view.end()
    interrupts.end()
  }
}

const MOST_REPEATS = 1000

function readRepeat(given: Given): number {
  const text = given.text("repeat") ?? "1"
  const repeat = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (repeat >= 1 && repeat <= MOST_REPEATS) return repeat
  throw new GeartrainError("USAGE", `Cannot read --repeat "${text}": it has to be a whole number from 1 to 1000`, {
    details: { text },
    hint: "Say how many times: --repeat 5",
  })
}

interface Verdict extends Verified {
  readonly record: JobRecord
}

function tellVerdict(context: Context, verdict: Verdict): void {
  const { reply, terminal } = context
  const { record, verification, job } = verdict
  const { paint } = terminal.out
  const where = `job ${reply.id(job.id)} on ${verification.provider}`
  if (verification.verdict === "identical") {
    const outputs =
      SAME[Math.min(record.outputs.length, 2)] ?? `all ${record.outputs.length} outputs have the same bytes`
    reply.print(`${paint.green("identical")}  ${outputs}; ${where}`)
    return
  }
  const isFree = verification.verdict === "equivalent"
  const message = differenceSentence(verdict)
  reply.print(
    isFree
      ? `${paint.green("equivalent")}  ${message}, only in what the gear's manifest declares as free; ${where}`
      : `${paint.red("different")}  ${message}; ${where}`,
  )
  const rows = verification.differences.map((difference) => [
    escapeText(difference.path),
    difference.here === undefined ? "was not there" : reply.id(difference.here),
    difference.there === undefined ? "is missing" : reply.id(difference.there),
  ])
  if (rows.length > 0)
    for (const line of textTable([{ title: "OUTPUT" }, { title: "THEN" }, { title: "NOW" }], rows)) reply.print(line)
}

/** Of one verification its verdict, of several the worst, with all of them in the data. */
function answer(context: Context, verdicts: readonly Verdict[]): CommandResult {
  const { reply } = context
  const dataOf = ({ record, verification }: Verdict): JsonObject =>
    ({ ...verification, verifies: record.id }) as unknown as JsonObject
  const words = verdicts.map((one) => one.verification.verdict)
  const word = worstVerdict(words)
  const worst = verdicts.find((one) => one.verification.verdict === word)
  if (worst === undefined) throw new RangeError("Nothing was verified")
  const { record, job, verification } = worst
  const data = verdicts.length === 1 ? dataOf(worst) : { ...dataOf(worst), all: verdicts.map(dataOf) }
  if (verdicts.length > 1) {
    reply.print(`${verification.verdict}  of ${verdicts.length} runs ${countVerdicts(words)}`)
  }
  const isDifferent = verification.verdict === "different"
  reply.say(
    isDifferent ? `→ gear diff ${reply.id(record.id)} ${reply.id(job.id)}` : `→ gear show ${reply.id(record.id)}`,
  )
  const told = { message: differenceSentence(worst), fix: `gear diff ${record.id} ${job.id}` }
  return verdictResult(verification.verdict, data, told)
}

/** For none and for one. */
const SAME = ["there are no outputs, and the exit code is the same", "the output has the same bytes"] as const

function differenceSentence({ record, verification, job }: Verdict): string {
  const count = verification.differences.length
  if (count === 0) return `the exit code was ${record.exit?.code ?? "none"} and is ${job.exit?.code ?? "none"}`
  const all = new Set([...record.outputs, ...job.outputs].map((file) => file.path)).size
  return `${count} of ${formatCount(all, "output")} ${count === 1 ? "differs" : "differ"}`
}
