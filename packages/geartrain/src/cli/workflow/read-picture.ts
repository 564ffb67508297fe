import type { WorkflowPlan } from "@geartrain/spec/workflow"
import type { Picture } from "../../workflows/picture/picture.ts"
import type { PicturedJob, PlanPictureOptions } from "../../workflows/picture/plan-picture.ts"
import type { Context } from "../command.ts"

/**
 * The picture of what a word names: a workflow's file, a plan's file, or a run.
 *
 * @param jobs  Show jobs, not steps alone; of a workflow that is not planned there are none.
 */
export async function readPicture(
  context: Context,
  word: string,
  jobs: PlanPictureOptions | undefined,
): Promise<Picture> {
  if (!/[./]/.test(word)) return runPicture(context, word, jobs)
  if (await isPlan(word)) return planPicture(word, jobs)
  const [{ readDocuments, workflowError }, { workflowPicture }] = await Promise.all([
    import("../../workflows/read/read-documents.ts"),
    import("../../workflows/picture/workflow-picture.ts"),
  ])
  const { documents, faults } = await readDocuments(word)
  if (faults.length > 0) throw workflowError(word, faults)
  return workflowPicture(Object.fromEntries([...documents].map(([path, { workflow }]) => [path, workflow])))
}

/** Plans are written with their format first. */
const PLAN_BEGINS = /^\s*\{\s*"format"\s*:\s*"geartrain-plan\//
const BEGINNING_BYTES = 200

async function isPlan(path: string): Promise<boolean> {
  if (!path.endsWith(".json")) return false
  const { open } = await import("../../system/files.ts")
  const file = await open(path, "r").catch(() => undefined)
  // What cannot be opened is told by whoever reads it as a workflow.
  if (file === undefined) return false
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(BEGINNING_BYTES), 0, BEGINNING_BYTES, 0)
    return PLAN_BEGINS.test(buffer.toString("utf8", 0, bytesRead))
  } catch (error) {
    const { systemCode } = await import("../../system/system-code.ts")
    if (systemCode(error) === "EISDIR") return false
    throw error
  } finally {
    await file.close()
  }
}

async function planPicture(path: string, jobs: PlanPictureOptions | undefined): Promise<Picture> {
  const [{ readPlan }, { plannedJobs }] = await Promise.all([
    import("../../workflows/plan/document/read-plan.ts"),
    import("../../workflows/picture/plan-picture.ts"),
  ])
  const plan = await readPlan(path)
  return drawn(plan, plannedJobs(plan), jobs)
}

async function runPicture(context: Context, word: string, jobs: PlanPictureOptions | undefined): Promise<Picture> {
  const [{ findRun, readRun }, { foldRun }] = await Promise.all([
    import("../../workflows/run/run-folder.ts"),
    import("../../workflows/run/fold-run.ts"),
  ])
  const { plan, events } = await readRun(await findRun(`${context.settings().home}/runs`, word))
  const view = foldRun(plan, events)
  const pictured = [...view.jobs.values()].map(
    ({ planned: { key, step, after, afterOpen }, state }): PicturedJob => ({
      key,
      step,
      state,
      after,
      ...(afterOpen === undefined ? {} : { afterOpen }),
    }),
  )
  return drawn({ ...plan, open: [...view.open.values()] }, pictured, jobs)
}

async function drawn(
  plan: WorkflowPlan,
  jobs: readonly PicturedJob[],
  options: PlanPictureOptions | undefined,
): Promise<Picture> {
  const { jobsPicture, stepsPicture } = await import("../../workflows/picture/plan-picture.ts")
  return options === undefined ? stepsPicture(plan, jobs) : jobsPicture(plan, jobs, options)
}
