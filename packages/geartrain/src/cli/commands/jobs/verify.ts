import type { JobRecord, Verification } from "@geartrain/spec"
import type { Command, CommandResult, Context } from "../../command.ts"
import { formatCount } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { EXIT_CODES } from "../../output/exit-codes.ts"
import { textTable } from "../../output/text-table.ts"
import { watchInterrupts } from "../../run/interrupts.ts"
import { readPairs } from "../../run/job-flags.ts"
import { createJobView } from "../../run/job-view.ts"

export const verifyCommand: Command = {
  name: "verify",
  arguments: [{ name: "JOB", says: "The id of a job, its beginning, or latest", complete: "job" }],
  flags: {
    input: {
      type: "text",
      short: "i",
      value: "NAME=PATH",
      many: true,
      says: "Where an input lies now, if it is not where it was",
    },
    provider: {
      type: "text",
      value: "NAME",
      says: "Run it with this provider, which may be another one",
      complete: "provider",
    },
  },
  examples: [
    { command: "gear verify latest", says: "Run the last job again, in a fresh place, and compare every output" },
    {
      command: "gear verify 0123456789ab --provider bubblewrap",
      says: "See whether another provider gives the same bytes",
    },
  ],
  notes: ["The verdict is added to the history of the job's record: gear show JOB."],
  exits: "answer",
  exitNotes: {
    0: "identical: every output has the same bytes",
    1: "different",
    6: "undecided: the job could not be run again, or not to its end",
  },
  errorExits: { JOB_NOT_REPLAYABLE: EXIT_CODES.UNDECIDED, PROVIDER_UNAVAILABLE: EXIT_CODES.UNDECIDED },
  run: async (context, given) => {
    const [{ openEngine }, { resolveJob }, { verifyJob }] = await Promise.all([
      import("../../../compose/open-engine.ts"),
      import("../../../engine/life/resolve-job.ts"),
      import("../../../engine/again/verify-job.ts"),
    ])
    const files = Object.fromEntries(readPairs(given.list("input"), "--input", "NAME=PATH"))
    const provider = given.text("provider")
    const engine = await openEngine(context.settings(), {
      write: true,
      ...(provider === undefined ? {} : { provider }),
    })
    try {
      const record = await resolveJob(given.words[0] ?? "", engine)
      const view = createJobView(context.terminal, context.reply, {
        title: `verifies ${context.reply.id(record.id)} ${record.gear.name}@${record.gear.version}`,
        quiet: context.options.quiet || context.options.json,
        streams: context.options.verbose ? "stderr" : "nowhere",
      })
      const interrupts = watchInterrupts(() => view.stopping())
      try {
        const { verification, job } = await verifyJob(record, engine, {
          files,
          signal: interrupts.signal,
          force: interrupts.force,
          onEvent: (event) => view.onEvent(event),
        })
        view.end()
        return tellVerdict(context, { record, verification, job })
      } catch (error) {
        // What was interrupted says nothing about the job.
        throw interrupts.explain(error)
      } finally {
        view.end()
        interrupts.end()
      }
    } finally {
      await engine.close()
    }
  },
}

interface Verdict {
  readonly record: JobRecord
  readonly verification: Verification
  readonly job: JobRecord
}

function tellVerdict(context: Context, verdict: Verdict): CommandResult {
  const { reply, terminal } = context
  const { record, verification, job } = verdict
  const { paint } = terminal.out
  const data = { ...verification, verifies: record.id } as unknown as NonNullable<CommandResult["data"]>
  if (verification.verdict === "identical") {
    const outputs =
      SAME[Math.min(record.outputs.length, 2)] ?? `all ${record.outputs.length} outputs have the same bytes`
    reply.print(`${paint.green("identical")}  ${outputs}; job ${reply.id(job.id)} on ${verification.provider}`)
    reply.say(`→ gear show ${reply.id(record.id)}`)
    return { data }
  }
  const message = differenceSentence(verdict)
  reply.print(`${paint.red("different")}  ${message}; job ${reply.id(job.id)} on ${verification.provider}`)
  const rows = verification.differences.map((difference) => [
    escapeText(difference.path),
    difference.here === undefined ? "was not there" : reply.id(difference.here),
    difference.there === undefined ? "is missing" : reply.id(difference.there),
  ])
  if (rows.length > 0)
    for (const line of textTable([{ title: "OUTPUT" }, { title: "THEN" }, { title: "NOW" }], rows)) reply.print(line)
  const fix = `gear diff ${record.id} ${job.id}`
  reply.say(`→ gear diff ${reply.id(record.id)} ${reply.id(job.id)}`)
  const error = { code: "DIFFERENT", message, fix, docs: "gear help DIFFERENT", culprit: "unknown", retryable: false }
  return { data, exitCode: EXIT_CODES.NO, error }
}

/** For none and for one. */
const SAME = ["there are no outputs, and the exit code is the same", "the output has the same bytes"] as const

function differenceSentence({ record, verification, job }: Verdict): string {
  const count = verification.differences.length
  if (count === 0) return `the exit code was ${record.exit?.code ?? "none"} and is ${job.exit?.code ?? "none"}`
  const all = new Set([...record.outputs, ...job.outputs].map((file) => file.path)).size
  return `${count} of ${formatCount(all, "output")} ${count === 1 ? "differs" : "differ"}`
}
