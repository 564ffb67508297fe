import type { JobRecord, JsonObject } from "@geartrain/spec"
import type { ProvenJob } from "../../../compose/proof/prove-job.ts"
import type { Command, CommandResult, Context } from "../../command.ts"
import { differentReply } from "../../diff/diff-files.ts"
import { formatCount } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { EXIT_CODES } from "../../output/exit-codes.ts"
import { shortId } from "../../output/reply.ts"
import { textTable } from "../../output/text-table.ts"
import { watchInterrupts } from "../../run/interrupts.ts"
import { readPairs } from "../../run/job-flags.ts"

export const proveCommand: Command = {
  name: "prove",
  arguments: [{ name: "JOB", says: "The id of a job, its beginning, or latest", complete: "job" }],
  flags: {
    input: {
      type: "text",
      short: "i",
      value: "NAME=PATH",
      many: true,
      says: "Where an input lies now, if it is not where it was",
    },
  },
  examples: [
    {
      command: "gear prove latest",
      says: "The same gear and inputs under every provider of this machine, side by side",
    },
  ],
  notes: ["Each run is a verification, and is added to the history of the job's record: gear show JOB."],
  exits: "answer",
  exitNotes: {
    0: "under every provider the outputs are identical, or equivalent",
    1: "under one they differ",
    6: "undecided: the job could not be run again, or not to its end",
  },
  errorExits: { JOB_NOT_REPLAYABLE: EXIT_CODES.UNDECIDED, PROVIDER_UNAVAILABLE: EXIT_CODES.UNDECIDED },
  run: async (context, given) => {
    const [{ proveJob }, { openRecords }, { resolveJob }] = await Promise.all([
      import("../../../compose/proof/prove-job.ts"),
      import("../../../compose/stores/open-records.ts"),
      import("../../../engine/life/resolve-job.ts"),
    ])
    const records = await openRecords(context.settings())
    const record = await resolveJob(given.words[0] ?? "", records).finally(() => records.close())
    const interrupts = watchInterrupts(() => context.reply.say("stopping"))
    try {
      const proven = await proveJob(record.id, context.settings(), {
        files: Object.fromEntries(readPairs(given.list("input"), "--input", "NAME=PATH")),
        signal: interrupts.signal,
        force: interrupts.force,
        onStart: (provider) => context.reply.say(`runs under ${provider}`),
      })
      return tell(context, record, proven)
    } catch (error) {
      throw interrupts.explain(error)
    } finally {
      interrupts.end()
    }
  },
}

function tell(context: Context, record: JobRecord, { runs, unavailable }: ProvenJob): CommandResult {
  const { reply, terminal } = context
  const { paint } = terminal.out
  const jobs = [record, ...runs.map(({ job }) => job)]
  const paths = [...new Set(jobs.flatMap(({ outputs }) => outputs.map(({ path }) => path)))].toSorted()
  const digests = paths.map((path) => jobs.map(({ outputs }) => outputs.find((output) => output.path === path)?.digest))
  const titles = [
    "OUTPUT",
    `THEN, ${record.provider?.name ?? "?"}`,
    ...runs.map(({ provider }) => provider.toUpperCase()),
  ]
  const rows = paths.map((path, row) => [
    escapeText(path),
    ...(digests[row] ?? []).map((digest, column) => {
      const text = digest === undefined ? "missing" : shortId(digest)
      return column > 0 && digest !== digests[row]?.[0] ? paint.red(text) : text
    }),
  ])
  for (const line of textTable(
    titles.map((title) => ({ title })),
    rows,
  ))
    reply.print(line)
  reply.print(verdictRow(runs))
  for (const { provider, why } of unavailable) reply.warn(`${provider} does not work here: ${why}`)
  const different = runs.filter(({ verification }) => verification.verdict === "different")
  const data: JsonObject = {
    job: record.id,
    verdict:
      different.length > 0
        ? "different"
        : (runs.find(({ verification }) => verification.verdict === "equivalent")?.verification.verdict ?? "identical"),
    runs: runs.map(({ verification }) => ({ ...verification }) as unknown as JsonObject),
    outputs: paths.map((path, row) => ({ path, digests: (digests[row] ?? []).map((digest) => digest ?? null) })),
    unavailable: unavailable.map((one) => ({ ...one })),
  }
  if (different.length === 0) return { data }
  const message = `the outputs differ under ${different.map(({ provider }) => provider).join(", ")}`
  const [first] = different
  const fix = first === undefined ? null : `gear diff ${record.id} ${first.job.id}`
  return { data, exitCode: EXIT_CODES.NO, error: { ...differentReply(message), fix } }
}

function verdictRow(runs: ProvenJob["runs"]): string {
  const said = runs.map(({ provider, verification }) => `${verification.verdict} under ${provider}`)
  return `${formatCount(runs.length, "run")}: ${said.join(", ")}`
}
