import { GeartrainError } from "@geartrain/spec"
import type { WorkflowPlan } from "@geartrain/spec/workflow"
import type { Engine } from "../../../compose/open-engine.ts"
import type { MadePlan } from "../../../workflows/plan/plan-workflow.ts"
import type { Command, Context, Given } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"
import { carryOutWorkflow, RUN_EXITS } from "../../workflow/carry-out-workflow.ts"
import { PLAN_FLAGS, readPlanWish } from "../../workflow/plan-flags.ts"
import { RUN_FLAGS, readRunWish } from "../../workflow/run-flags.ts"

export const workflowRunCommand: Command = {
  name: "workflow run",
  arguments: [{ name: "FILE", says: "A workflow, or a plan of one that ends in .json", complete: "file" }],
  flags: { ...PLAN_FLAGS, ...RUN_FLAGS },
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
  ],
  notes: [
    "Jobs that were done before, by whomever and in whichever workflow, are reused by their content. When a job fails, its exit code and last words are told at once; gear workflow resume tries again what failed and goes on. Ctrl-C ends the jobs that run, and the run can be resumed; gear workflow pause lets them end.",
  ],
  exits: "answer",
  exitNotes: RUN_EXITS,
  run: async (context, given) => {
    const { openEngine } = await import("../../../compose/open-engine.ts")
    const provider = given.text("provider")
    const settings = context.settings()
    const engine = await openEngine(settings, { write: true, ...(provider === undefined ? {} : { provider }) })
    try {
      const plan = await planOf(context, given, engine)
      const { beginRun } = await import("../../../compose/workflows/run-workflow.ts")
      const stored = await beginRun(plan, readRunWish(given), settings.home)
      return await carryOutWorkflow(context, { stored, engine, force: given.has("force") })
    } finally {
      await engine.close()
    }
  },
}

async function planOf(context: Context, given: Given, engine: Engine): Promise<WorkflowPlan> {
  const [file = ""] = given.words
  const settings = context.settings()
  if (file.endsWith(".json")) {
    const taken = Object.keys(PLAN_FLAGS).find((flag) => given.has(flag))
    if (taken !== undefined) {
      throw new GeartrainError("USAGE", `Cannot take --${taken} with plan "${file}": a plan is run as it is`, {
        hint: "Give it to gear workflow plan, or run the workflow itself",
      })
    }
  }
  const { plan, notes } = file.endsWith(".json")
    ? await openPlanFile(file, { engine, settings })
    : await makePlanOf(file, { given, engine, settings })
  for (const note of notes) context.reply.warn(escapeText(note))
  return plan
}

type Planning = { readonly engine: Engine; readonly settings: ReturnType<Context["settings"]> }

async function openPlanFile(file: string, { engine, settings }: Planning): Promise<MadePlan> {
  const [{ openPlan }, { planningJobs }] = await Promise.all([
    import("../../../workflows/plan/document/open-plan.ts"),
    import("../../../compose/workflows/planning-jobs.ts"),
  ])
  return await openPlan(file, planningJobs(engine, settings))
}

async function makePlanOf(
  file: string,
  { given, engine, settings }: Planning & { readonly given: Given },
): Promise<MadePlan> {
  const [{ makePlan }, { planningJobs }] = await Promise.all([
    import("../../../compose/workflows/make-plan.ts"),
    import("../../../compose/workflows/planning-jobs.ts"),
  ])
  return await makePlan(readPlanWish(file, given), {
    history: engine.stores.history,
    settings,
    jobs: planningJobs(engine, settings),
  })
}
