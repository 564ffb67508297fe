import type { JsonObject } from "@geartrain/spec"
import type { Command } from "../../command.ts"
import { withAccount } from "../../workflow/open-account.ts"
import { RUN_ARGUMENT } from "../../workflow/run-argument.ts"
import { writeDocument } from "../../workflow/write-document.ts"

export const workflowTraceCommand: Command = {
  name: "workflow trace",
  arguments: [RUN_ARGUMENT],
  flags: {
    output: {
      type: "text",
      short: "o",
      value: "FILE",
      says: "Where to write it; default: standard output",
      complete: "file",
    },
  },
  examples: [
    { command: "gear workflow trace latest -o trace.tsv", says: "A table with a row for every try of every job" },
    { command: "gear workflow trace latest --json", says: "The same rows, for programs" },
  ],
  notes: [
    "Columns: key, step, job, state, attempt, exit, submit, start, end, duration_ms, realtime_ms, cpu_ms, cpu_percent, peak_memory_bytes, read_bytes, written_bytes, gear, digest, culprit, reason. Nothing stands where something was not measured. Attempt 0 is a job that was not tried, since its result was there or something before it failed.",
  ],
  exits: "answer",
  run: (context, given) =>
    withAccount(context, given.words[0] ?? "", async (account) => {
      const { traceLines, traceRows } = await import("../../../workflows/report/trace-table.ts")
      const path = await writeDocument(context, eachLine(traceLines(account)), given.text("output"))
      const rows = context.reply.json && path === null ? traceRows(account) : []
      return { data: { run: account.header.id, path, rows } as unknown as JsonObject }
    }),
}

function* eachLine(lines: Iterable<string>): Iterable<string> {
  for (const line of lines) yield `${line}\n`
}
