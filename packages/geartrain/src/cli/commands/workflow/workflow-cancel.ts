import type { Command } from "../../command.ts"
import { RUN_ARGUMENT } from "../../workflow/run-argument.ts"

export const workflowCancelCommand: Command = {
  name: "workflow cancel",
  arguments: [RUN_ARGUMENT],
  flags: { "no-wait": { type: "switch", says: "Do not wait until it has ended" } },
  examples: [{ command: "gear workflow cancel latest", says: "End the jobs that run, and the run; it can be resumed" }],
  exits: "answer",
  exitNotes: { 5: "no process is running it" },
  run: async (context, given) => {
    const { askRun } = await import("../../workflow/ask-run.ts")
    return await askRun(context, given, "cancel")
  },
}
