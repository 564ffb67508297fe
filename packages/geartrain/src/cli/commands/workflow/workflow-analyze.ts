import type { JsonObject } from "@geartrain/spec"
import type { Command } from "../../command.ts"
import { withAccount } from "../../workflow/open-account.ts"
import { RUN_ARGUMENT } from "../../workflow/run-argument.ts"

export const workflowAnalyzeCommand: Command = {
  name: "workflow analyze",
  arguments: [RUN_ARGUMENT],
  flags: {},
  examples: [
    {
      command: "gear workflow analyze latest",
      says: "Each failure with its culprit, what shows it, the last lines of its log, and what to type next",
    },
  ],
  exits: "answer",
  exitNotes: { 0: "nothing failed", 1: "a job failed" },
  run: (context, given) =>
    withAccount(context, given.words[0] ?? "", async (account, { records }) => {
      const [{ analyzeRun }, { analysisLines }, { readTails }] = await Promise.all([
        import("../../../workflows/report/run-analysis.ts"),
        import("../../workflow/analysis-lines.ts"),
        import("../../workflow/place/read-tails.ts"),
      ])
      const analysis = analyzeRun(account)
      const tails = await readTails(analysis.failures, records)
      for (const line of analysisLines(analysis, tails, context.terminal.out.paint)) context.reply.print(line)
      const failures = analysis.failures.map((failure) => ({ ...failure, log: tails.get(failure.key)?.lines ?? [] }))
      const [first] = analysis.failures
      return {
        data: { run: account.header.id, ...analysis, failures } as unknown as JsonObject,
        ...(first === undefined
          ? {}
          : {
              exitCode: 1,
              error: {
                code: first.reason,
                message: first.message,
                fix: first.commands[0] ?? null,
                docs: `gear workflow report ${account.header.id}`,
                culprit: first.culprit,
                retryable: false,
              },
            }),
      }
    }),
}
