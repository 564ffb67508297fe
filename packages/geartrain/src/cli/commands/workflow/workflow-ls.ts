import { isGeartrainError } from "@geartrain/spec"
import type { Command } from "../../command.ts"
import { formatTime } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { textTable } from "../../output/text-table.ts"

const COLUMNS = [{ title: "RUN" }, { title: "WORKFLOW" }, { title: "STATE" }, { title: "CREATED" }, { title: "JOBS" }]

export const workflowLsCommand: Command = {
  name: "workflow ls",
  arguments: [],
  flags: {},
  examples: [{ command: "gear workflow ls", says: "List the runs of workflows, the newest first" }],
  exits: "answer",
  run: async ({ reply, settings }) => {
    const [{ listRuns }, { readStatus }, { countWords, runCounts }] = await Promise.all([
      import("../../../workflows/run/run-folder.ts"),
      import("../../workflow/read-status.ts"),
      import("../../../workflows/run/run-counts.ts"),
    ])
    const runs = `${settings().home}/runs`
    const rows: (readonly [string, readonly string[]])[] = []
    for (const id of await listRuns(runs)) {
      const status = await readStatus(`${runs}/${id}`).catch((error: unknown) => {
        if (isGeartrainError(error, "WORKFLOW_RUN_DAMAGED")) return error
        throw error
      })
      if (isGeartrainError(status)) {
        // The others are listed all the same.
        reply.warn(escapeText(status.message))
        continue
      }
      const { header, view, state } = status
      const counts = runCounts(view)
      const { created, name } = header
      reply.item({ run: id, name, state, created, counts: { ...counts } })
      rows.push([created, [reply.id(id), escapeText(name), state, formatTime(created), countWords(counts, state)]])
    }
    rows.sort(([a], [b]) => (a < b ? 1 : -1))
    if (rows.length === 0) reply.say("There is no run\n→ gear workflow run FILE")
    else
      for (const line of textTable(
        COLUMNS,
        rows.map(([, row]) => row),
      ))
        reply.print(line)
    return {}
  },
}
