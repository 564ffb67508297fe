import type { Command } from "../../command.ts"
import { formatSize } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { textTable } from "../../output/text-table.ts"

export const storeDuCommand: Command = {
  name: "store du",
  arguments: [],
  flags: {},
  examples: [{ command: "gear store du", says: "How much room root filesystems, outputs and records take" }],
  exits: "answer",
  run: async ({ reply, settings }) => {
    const [{ openEngine }, { measureStore }] = await Promise.all([
      import("../../../compose/open-engine.ts"),
      import("../../../compose/stores/store-care.ts"),
    ])
    const home = settings().home
    const engine = await openEngine(settings(), {})
    try {
      const { roots, blobs, records, unfinished } = await measureStore(engine)
      const parts = [
        ["root filesystems", String(roots.count), roots.sizeBytes],
        ["inputs, outputs and logs", String(blobs.count), blobs.sizeBytes],
        ["records", "", records.sizeBytes],
        ["work of running jobs, and leftovers", "", unfinished.sizeBytes],
      ] as const
      const totalBytes = parts.reduce((sum, [, , sizeBytes]) => sum + sizeBytes, 0)
      const rows = [...parts, ["all", "", totalBytes] as const].map(([what, count, sizeBytes]) => [
        what,
        count,
        formatSize(sizeBytes),
      ])
      for (const line of textTable(COLUMNS, rows)) reply.print(line)
      reply.say(`in ${escapeText(home)}\n→ gear store gc --dry-run`)
      return {
        data: {
          home,
          roots: { ...roots },
          blobs: { ...blobs },
          records: { ...records },
          unfinished: { ...unfinished },
          totalBytes,
        },
      }
    } finally {
      await engine.close()
    }
  },
}

const COLUMNS = [{ title: "WHAT" }, { title: "COUNT", align: "right" }, { title: "SIZE", align: "right" }] as const
