import type { JsonObject } from "@geartrain/spec"
import type { Command } from "../../command.ts"
import { withAccount } from "../../workflow/open-account.ts"
import { RUN_ARGUMENT } from "../../workflow/run-argument.ts"

export const workflowStatisticsCommand: Command = {
  name: "workflow statistics",
  arguments: [RUN_ARGUMENT],
  flags: {},
  examples: [
    {
      command: "gear workflow statistics latest",
      says: "How many succeeded, failed and were reused, where the time went, and what each step took",
    },
  ],
  notes: [
    "Times, memory and processors of a step are those of its jobs that ran here and completed. Badput is the time of tries that failed or were cancelled; what was saved is the time that the reused jobs took when they ran.",
  ],
  exits: "answer",
  run: (context, given) =>
    withAccount(context, given.words[0] ?? "", async (account) => {
      const [{ runStatistics }, { statisticsLines }] = await Promise.all([
        import("../../../workflows/report/run-statistics.ts"),
        import("../../workflow/statistics-lines.ts"),
      ])
      const statistics = runStatistics(account)
      for (const line of statisticsLines(statistics)) context.reply.print(line)
      return { data: { run: account.header.id, state: account.view.state, ...statistics } as unknown as JsonObject }
    }),
}
