import type { JsonObject } from "@geartrain/spec"
import type { Command, Given } from "../../command.ts"
import { openPlace, PLACE_FLAGS } from "../../workflow/place/open-place.ts"
import { PLAN_FLAGS, readPlanWish } from "../../workflow/plan-flags.ts"

export const workflowPlanCommand: Command = {
  name: "workflow plan",
  arguments: [{ name: "FILE", says: "The workflow, such as workflow.yaml", complete: "file" }],
  flags: {
    ...PLAN_FLAGS,
    ...PLACE_FLAGS,
    out: {
      type: "text",
      short: "o",
      value: "PLAN",
      says: "Write the plan to a file, for gear workflow run",
      complete: "file",
    },
  },
  examples: [
    {
      command: "gear workflow plan workflow.yaml --input reads=sample.fq",
      says: "What would run, what is there already, and why",
    },
    {
      command: "gear workflow plan workflow.yaml -i reads=a.fq -i reads=b.fq -s k=3 --out plan.json",
      says: "Keep the plan, to run just this",
    },
    { command: "gear workflow plan workflow.yaml --no-reuse", says: "Plan to run everything" },
  ],
  notes: [
    "A job whose gear, config, inputs, environment and network are those of a job that ended well is not run again: run names the first thing that differs, reuse means that nothing does, and await that it hangs on what another job gives. Nothing is run by this command; a gear that is named by its path is taken into the store.",
  ],
  exits: "answer",
  run: async (context, given) => {
    const [file = ""] = given.words
    const { planAt } = await import("../../workflow/place/plan-at.ts")
    const wish = readPlanWish(file, given)
    const place = await openPlace(context, given)
    try {
      const made = await planAt(place, wish, { settings: context.settings(), isForServer: given.has("server") })
      const out = given.text("out")
      if (out !== undefined) {
        const { writePlan } = await import("../../../workflows/plan/document/write-plan.ts")
        await writePlan(out, made.plan)
      }
      const { planLines } = await import("../../workflow/plan-lines.ts")
      if (!context.reply.json) for (const line of planLines(made.plan, made.notes)) context.reply.print(line)
      if (out !== undefined) context.reply.say(`→ gear workflow run ${out}${onServer(given)}`)
      return { data: { ...made, ...(out === undefined ? {} : { out }) } as unknown as JsonObject }
    } finally {
      await place.close()
    }
  },
}

/** The same flags again, so that what is said can be typed. */
function onServer(given: Given): string {
  if (!given.has("server")) return ""
  const [url, project] = [given.text("server"), given.text("project")]
  const flag = url === undefined || url === "true" ? " --server" : ` --server=${url}`
  return `${flag} --project ${project ?? "GROUP/PROJECT"}`
}
