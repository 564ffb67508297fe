import type { Command } from "../../command.ts"
import { formatCount, formatSize } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { textTable } from "../../output/text-table.ts"

export const storeGcCommand: Command = {
  name: "store gc",
  arguments: [],
  flags: { "dry-run": { type: "switch", short: "n", says: "Say what would be removed, and remove nothing" } },
  examples: [
    { command: "gear store gc --dry-run", says: "See how much room there is to get" },
    { command: "gear store gc", says: "Remove what no gear and no job refers to, and what killed programs have left" },
  ],
  notes: ["Gears, records and the outputs of jobs are never removed by it: gear rm forgets them first."],
  exits: "answer",
  run: async ({ reply, settings, options }, given) => {
    const [{ openEngine }, { collectGarbage }] = await Promise.all([
      import("../../../compose/open-engine.ts"),
      import("../../../compose/stores/store-care.ts"),
    ])
    const dryRun = given.has("dry-run")
    const engine = await openEngine(settings(), {})
    try {
      const { removed, freedBytes } = await collectGarbage(engine, { dryRun })
      if (options.verbose || dryRun) {
        const rows = removed.map(({ kind, name, sizeBytes }) => [kind, escapeText(name), formatSize(sizeBytes)])
        for (const line of textTable(COLUMNS, rows)) if (rows.length > 0) reply.print(line)
      }
      const what = `${formatCount(removed.length, "thing")}, ${formatSize(freedBytes)}`
      reply.print(removed.length === 0 ? "nothing to remove" : `${dryRun ? "would remove" : "removed"} ${what}`)
      return { data: { removed: removed.map((item) => ({ ...item })), freedBytes, dryRun } }
    } finally {
      await engine.close()
    }
  },
}

const COLUMNS = [{ title: "KIND" }, { title: "NAME" }, { title: "SIZE", align: "right" }] as const
