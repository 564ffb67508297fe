import type { Command } from "../../command.ts"
import { RUN_ARGUMENT } from "../../workflow/run-argument.ts"

export const workflowPauseCommand: Command = {
  name: "workflow pause",
  arguments: [RUN_ARGUMENT],
  flags: { "no-wait": { type: "switch", says: "Do not wait for the jobs that run" } },
  examples: [{ command: "gear workflow pause latest", says: "Let running jobs end, and start nothing new" }],
  exits: "answer",
  exitNotes: { 5: "no process is running it" },
  run: async (context, given) => {
    const { askRun } = await import("../../workflow/ask-run.ts")
    return await askRun(context, given, "pause")
  },
}
