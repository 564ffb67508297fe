import type { Command } from "../../command.ts"
import { carryOutWorkflow, RUN_EXITS } from "../../workflow/carry-out-workflow.ts"
import { openPlace } from "../../workflow/place/open-place.ts"
import { RUN_ARGUMENT } from "../../workflow/run-argument.ts"
import { RUN_FLAGS } from "../../workflow/run-flags.ts"

export const workflowResumeCommand: Command = {
  name: "workflow resume",
  arguments: [RUN_ARGUMENT],
  flags: { force: RUN_FLAGS.force, provider: RUN_FLAGS.provider },
  examples: [
    { command: "gear workflow resume latest", says: "Go on where the last run was interrupted, paused or failed" },
    { command: "gear workflow resume 0123456789ab", says: "Go on with a certain run" },
  ],
  notes: [
    "The plan of the run is gone on with as it is. Jobs that are done are not run again, also where the machine went down while they ended; jobs that failed are tried again. A run on a server goes on there, and waits for its jobs that are under way. After a change of the workflow, run it anew: what did not change is reused.",
  ],
  exits: "answer",
  exitNotes: RUN_EXITS,
  run: async (context, given) => {
    const [word = ""] = given.words
    const settings = context.settings()
    const [{ runsFolder }, { findRun, readRun }] = await Promise.all([
      import("../../../compose/workflows/run-workflow.ts"),
      import("../../../workflows/run/run-folder.ts"),
    ])
    const stored = await readRun(await findRun(runsFolder(settings.home), word))
    const place = await openPlace(context, given, { server: stored.header.server })
    try {
      return await carryOutWorkflow(context, { stored, place, force: given.has("force") })
    } finally {
      await place.close()
    }
  },
}
