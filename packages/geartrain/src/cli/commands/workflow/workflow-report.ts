import type { Command } from "../../command.ts"
import { withAccount } from "../../workflow/open-account.ts"
import { RUN_ARGUMENT } from "../../workflow/run-argument.ts"
import { writeDocument } from "../../workflow/write-document.ts"

export const workflowReportCommand: Command = {
  name: "workflow report",
  arguments: [RUN_ARGUMENT],
  flags: {
    output: {
      type: "text",
      short: "o",
      value: "FILE",
      says: "Where to write it; default: the workflow's name and the run's id, here; - for standard output",
      complete: "file",
    },
  },
  examples: [
    {
      command: "gear workflow report latest -o report.html",
      says: "One page to send to a colleague: graph, timeline, resources, failures, results, provenance",
    },
  ],
  notes: ["The page is one file. It loads nothing, has no script, and can be opened anywhere."],
  exits: "answer",
  run: (context, given) =>
    withAccount(context, given.words[0] ?? "", async (account) => {
      const { reportPage } = await import("../../../workflows/report/page/report-page.ts")
      const name = account.plan.workflow.name.replaceAll(/[^A-Za-z0-9._-]/g, "_").slice(0, 100)
      const to = given.text("output") ?? `${name}-${account.header.id.slice(0, 12)}.html`
      const path = await writeDocument(context, [reportPage(account)], to)
      return { data: { run: account.header.id, path } }
    }),
}
