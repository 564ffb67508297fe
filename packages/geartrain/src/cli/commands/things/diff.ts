import { GeartrainError, type JsonObject } from "@geartrain/spec"
import type { Command, CommandResult, Context } from "../../command.ts"
import { formatCount } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { EXIT_CODES } from "../../output/exit-codes.ts"
import { textTable } from "../../output/text-table.ts"
import { type Difference, diffGears } from "../../pages/diff-gears.ts"
import { valueText } from "../../pages/value-text.ts"
import { findThing, type Thing } from "../../records/find-thing.ts"

export const diffCommand: Command = {
  name: "diff",
  arguments: [
    { name: "A", says: "A job or a gear", complete: "gear-or-job" },
    { name: "B", says: "Another of the same kind", complete: "gear-or-job" },
  ],
  flags: {},
  examples: [
    {
      command: "gear diff 0123456789ab latest",
      says: "In what two jobs differ: gear, config, inputs, environment, outputs by digest",
    },
    { command: "gear diff fsl-bet@1.0.0 fsl-bet@1.1.0", says: "In what two gears differ" },
  ],
  notes: ["Only differences are shown."],
  exits: "answer",
  exitNotes: { 0: "there are no differences", 1: "there are" },
  run: async (context, given) => {
    const { openRecords } = await import("../../../compose/open-records.ts")
    const records = await openRecords(context.settings())
    try {
      const [a = "", b = ""] = given.words
      const differences = await compare(await findThing(a, records), await findThing(b, records))
      return tell(context, differences)
    } finally {
      await records.close()
    }
  },
}

async function compare(a: Thing, b: Thing): Promise<readonly Difference[]> {
  if (a.kind === "gear" && b.kind === "gear") return diffGears(a.gear, b.gear)
  if (a.kind === "job" && b.kind === "job") {
    const { diffJobs } = await import("../../../provenance/diff-jobs.ts")
    return diffJobs(a.job, b.job)
  }
  throw new GeartrainError("USAGE", `Cannot compare: the first is a ${a.kind} and the second a ${b.kind}`, {
    hint: "Name two jobs or two gears",
  })
}

function tell(context: Context, differences: readonly Difference[]): CommandResult {
  const { reply, terminal } = context
  const { paint } = terminal.out
  const data = {
    same: differences.length === 0,
    differences: differences.map((difference) => ({ ...difference }) as JsonObject),
  }
  if (differences.length === 0) {
    reply.print(paint.green("no differences"))
    return { data }
  }
  const rows = differences.map(({ part, name, a, b }) => [
    part,
    escapeText(name),
    paint.red(valueText(a)),
    paint.green(valueText(b)),
  ])
  for (const line of textTable([{ title: "WHAT" }, { title: "" }, { title: "A" }, { title: "B" }], rows))
    reply.print(line)
  const error = {
    code: "DIFFERENT",
    message: formatCount(differences.length, "difference"),
    fix: null,
    docs: "gear help DIFFERENT",
    culprit: "unknown",
    retryable: false,
  }
  return { data, exitCode: EXIT_CODES.NO, error }
}
