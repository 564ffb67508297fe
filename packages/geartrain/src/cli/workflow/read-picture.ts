import type { WorkflowPlan } from "@geartrain/spec/workflow"
import type { Picture } from "../../workflows/picture/picture.ts"
import type { PicturedJob, PlanPictureOptions } from "../../workflows/picture/plan-picture.ts"
import type { Context } from "../command.ts"

/**
 * The picture of what a word names: a workflow's file, or a run.
 *
 * @param jobs  Show jobs, not steps alone; of a workflow that is not planned there are none.
 */
export async function readPicture(
  context: Context,
  word: string,
  jobs: PlanPictureOptions | undefined,
): Promise<Picture> {
  if (!/[./]/.test(word)) return runPicture(context, word, jobs)
  const [{ readDocuments, workflowError }, { workflowPicture }] = await Promise.all([
    import("../../workflows/read/read-documents.ts"),
    import("../../workflows/picture/workflow-picture.ts"),
  ])
  const { documents, faults } = await readDocuments(word)
  if (faults.length > 0) throw workflowError(word, faults)
  return workflowPicture(Object.fromEntries([...documents].map(([path, { workflow }]) => [path, workflow])))
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
