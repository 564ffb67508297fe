import { GeartrainError } from "@geartrain/spec"
import type { WorkflowPlan } from "@geartrain/spec/workflow"
import type { MadePlan } from "../../../workflows/plan/plan-workflow.ts"
import type { Command, Context, Given } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"
import { carryOutWorkflow, RUN_EXITS } from "../../workflow/carry-out-workflow.ts"
import { FILING_FLAG, openPlace, PLACE_FLAGS } from "../../workflow/place/open-place.ts"
import type { Workplace } from "../../workflow/place/workplace.ts"
import { PLAN_FLAGS, readPlanWish } from "../../workflow/plan-flags.ts"
import { RUN_FLAGS, readRunWish } from "../../workflow/run-flags.ts"

export const workflowRunCommand: Command = {
  name: "workflow run",
  arguments: [{ name: "FILE", says: "A workflow, or a plan of one that ends in .json", complete: "file" }],
  flags: { ...PLAN_FLAGS, ...RUN_FLAGS, ...PLACE_FLAGS, ...FILING_FLAG },
  examples: [
    {
      command: "gear workflow run workflow.yaml --input reads=sample.fq --out results",
      says: "Run what has not been done yet, and put the outputs into a folder",
    },
    { command: "gear workflow run plan.json", says: "Run just what was planned: gear workflow plan --out plan.json" },
    { command: "gear workflow run workflow.yaml --keep-going --jobs 8", says: "Go on where something fails" },
    {
      command: "gear workflow run workflow.yaml --cleanup inplace",
      says: "Remove each intermediate file as soon as nothing reads it any more",
    },
    {
      command: "gear workflow run workflow.yaml -i reads=sample.fq --server --project lab/study --out results",
      says: "Let the runners of a server carry out the jobs",
    },
  ],
  notes: [
    "Jobs that were done before, by whomever and in whichever workflow, are reused by their content. When a job fails, its exit code and last words are told at once; gear workflow resume tries again what failed and goes on. Ctrl-C ends the jobs that run, and the run can be resumed; gear workflow pause lets them end.",
  ],
  exits: "answer",
  exitNotes: RUN_EXITS,
  run: async (context, given) => {
    const place = await openPlace(context, given, "begin")
    try {
      const plan = await planOf(context, given, place)
      const { beginRun } = await import("../../../compose/workflows/run-workflow.ts")
      const server = place.server === undefined ? {} : { server: place.server }
      const stored = await beginRun(plan, { ...readRunWish(given), ...server }, context.settings().home)
      return await carryOutWorkflow(context, { stored, place, force: given.has("force") })
    } finally {
      await place.close()
    }
  },
}

async function planOf(context: Context, given: Given, place: Workplace): Promise<WorkflowPlan> {
  const [file = ""] = given.words
  if (file.endsWith(".json")) {
    const taken = Object.keys(PLAN_FLAGS).find((flag) => given.has(flag))
    if (taken !== undefined) {
      throw new GeartrainError("USAGE", `Cannot take --${taken} with plan "${file}": a plan is run as it is`, {
        hint: "Give it to gear workflow plan, or run the workflow itself",
      })
    }
  }
  const { plan, notes } = file.endsWith(".json")
    ? await openPlanFile(file, place)
    : await makePlanOf(file, { context, given, place })
  if (place.server !== undefined && plan.options.cleanup !== "none") {
    throw new GeartrainError("USAGE", `Cannot run plan "${file}" on a server: it removes intermediate files`, {
      hint: "Plan again for the server, without --cleanup: gear workflow plan FILE --server",
    })
  }
  for (const note of notes) context.reply.warn(escapeText(note))
  return plan
}

async function openPlanFile(file: string, { planning }: Workplace): Promise<MadePlan> {
  const { openPlan } = await import("../../../workflows/plan/document/open-plan.ts")
  return await openPlan(file, planning)
}

async function makePlanOf(
  file: string,
  { context, given, place }: { readonly context: Context; readonly given: Given; readonly place: Workplace },
): Promise<MadePlan> {
  const { planAt } = await import("../../workflow/place/plan-at.ts")
  const settings = context.settings()
  return await planAt(place, readPlanWish(file, given), { settings, isForServer: place.server !== undefined })
}
