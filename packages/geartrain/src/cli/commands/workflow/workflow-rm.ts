import type { Command } from "../../command.ts"

export const workflowRmCommand: Command = {
  name: "workflow rm",
  arguments: [{ name: "RUN", says: "The id of a run, its beginning, or latest", many: true }],
  flags: {},
  examples: [{ command: "gear workflow rm 0123456789ab", says: "Forget a run: its plan and what happened in it" }],
  notes: ["The records of its jobs and what they gave stay: gear rm forgets those."],
  exits: "answer",
  run: async ({ reply, settings }, given) => {
    const [{ findRun }, { removeRun }] = await Promise.all([
      import("../../../workflows/run/run-folder.ts"),
      import("../../../workflows/run/run-journal.ts"),
    ])
    const removed: string[] = []
    for (const word of given.words) {
      const folder = await findRun(`${settings().home}/runs`, word)
      await removeRun(folder)
      const id = folder.slice(folder.lastIndexOf("/") + 1)
      removed.push(id)
      reply.print(`${reply.id(id)}  removed`)
    }
    return { data: removed.map((run) => ({ run })) }
  },
}
