import type { Gear, JsonObject } from "@geartrain/spec"
import type { JudgedBadge } from "../../../publishing/catalogue/badges/sign-badge.ts"
import type { Command, CommandResult, Context } from "../../command.ts"
import { findThing } from "../../records/find-thing.ts"

export const showCommand: Command = {
  name: "show",
  arguments: [{ name: "GEAR|JOB", says: "A gear, a job, or latest: gear help references", complete: "gear-or-job" }],
  flags: {},
  examples: [
    { command: "gear show latest", says: "How the last job ended, why, what came out, and what to do next" },
    { command: "gear show fsl-bet", says: "What a gear does, takes and is" },
    { command: "gear show latest --json > job.json", says: "The whole record, to be replayed on another machine" },
  ],
  exits: "answer",
  run: async (context, given) => {
    const { openRecords } = await import("../../../compose/stores/open-records.ts")
    const records = await openRecords(context.settings())
    try {
      const thing = await findThing(given.words[0] ?? "", records)
      const means = pageMeans(context)
      if (thing.kind === "job") {
        const { jobPage } = await import("../../pages/job-page.ts")
        const gear = await records.gears.getGear(thing.job.gear.id)
        for (const line of jobPage(thing.job, gear?.manifest, means)) context.reply.print(line)
        return answer(thing.job)
      }
      const [{ gearPage }, { badgeData, badgeSection }] = await Promise.all([
        import("../../pages/gear-page.ts"),
        import("../../proof/badge-lines.ts"),
      ])
      const all = await records.gears.listReferences()
      const references = [...all].filter(([, id]) => id === thing.gear.id).map(([reference]) => reference)
      const judged = await badgesOf(thing.gear, context)
      const determinism = badgeSection(judged, means.paint)
      for (const line of gearPage(thing.gear, { references, determinism }, means)) context.reply.print(line)
      return answer({ ...thing.gear, references, determinism: badgeData(judged) })
    } finally {
      await records.close()
    }
  },
}

/** The badges that are kept here, judged by the keys that the user has now. */
async function badgesOf({ id, manifest }: Gear, context: Context): Promise<readonly JudgedBadge[]> {
  const { openBadges } = await import("../../../compose/catalogue/open-badges.ts")
  const badges = openBadges(context.settings())
  const gear = { id, name: manifest.name }
  return await badges.judge(gear, await badges.kept(gear))
}

function pageMeans(context: Context) {
  const { paint, columns } = context.terminal.out
  return { paint, columns, id: context.reply.id, verbose: context.options.verbose }
}

/** Records and gears are JSON as they are. */
function answer(data: object): CommandResult {
  return { data: data as JsonObject }
}
