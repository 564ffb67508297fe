import { GeartrainError } from "@geartrain/spec"
import type { Command } from "../../command.ts"
import { escapeLines } from "../../output/escape-text.ts"

const STYLES = ["methods", "bibtex", "cff"] as const

export const citeCommand: Command = {
  name: "cite",
  arguments: [{ name: "JOB", says: "The job whose result is in the paper", complete: "job" }],
  flags: {
    as: {
      type: "text",
      value: "STYLE",
      says: "methods (a paragraph for the paper), bibtex or cff (CITATION.cff). Default: methods and bibtex",
      complete: STYLES,
    },
  },
  examples: [
    { command: "gear cite latest", says: "A paragraph for the section on methods, and an entry for the references" },
    { command: "gear cite latest --as cff > CITATION.cff", says: "For code hosts and reference managers" },
  ],
  notes: ["Everything comes from the job's record and the gear's manifest; nothing is added."],
  exits: "answer",
  run: async (context, given) => {
    const style = given.text("as")
    if (style !== undefined && !STYLES.some((known) => known === style)) {
      throw new GeartrainError("USAGE", `Cannot cite as "${style}": there are ${STYLES.join(", ")}`, {
        hint: "Leave --as away",
      })
    }
    const [{ openRecords }, { resolveJob }, { citeJob }] = await Promise.all([
      import("../../../compose/stores/open-records.ts"),
      import("../../../engine/life/resolve-job.ts"),
      import("../../../provenance/citation/cite-job.ts"),
    ])
    const records = await openRecords(context.settings())
    try {
      const job = await resolveJob(given.words[0] ?? "", records)
      const gear = await records.gears.getGear(job.gear.id)
      if (gear === undefined) {
        throw new GeartrainError("GEAR_NOT_FOUND", `Cannot cite job "${job.id}": its gear is no longer stored`, {
          details: { job: job.id, gear: job.gear.id },
          hint: `Import ${job.gear.name}@${job.gear.version} again: its id has to be ${job.gear.id}`,
        })
      }
      const citation = citeJob(job, gear)
      for (const known of style === undefined
        ? (["methods", "bibtex"] as const)
        : STYLES.filter((one) => one === style)) {
        context.reply.print(escapeLines(citation[known].trimEnd()))
        if (style === undefined && known === "methods") context.reply.print("")
      }
      return { data: { ...citation } }
    } finally {
      await records.close()
    }
  },
}
