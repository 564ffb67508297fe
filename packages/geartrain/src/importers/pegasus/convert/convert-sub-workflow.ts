import type { FileSource, SubWorkflowStep } from "@geartrain/spec/workflow"
import type { AbstractJob } from "../workflow/abstract-workflow.ts"
import type { TakenOver } from "./take-over.ts"

/** Makes a step of a workflow that is a job. @param file  The file that it has become, without its ending. */
export function convertSubWorkflow(
  job: AbstractJob,
  {
    file,
    inputs,
    after,
    rows,
  }: {
    readonly file: string
    readonly inputs: Readonly<Record<string, FileSource>>
    readonly after: readonly string[]
    readonly rows: TakenOver[]
  },
): SubWorkflowStep {
  const what = `workflow ${job.name} of ${job.id}`
  rows.push({ what, taken: "yes", how: `A sub-workflow, ${file}.yaml` })
  if (job.arguments.length > 0)
    rows.push({
      what: `arguments of ${job.id}`,
      taken: "changed",
      how: "Folders of inputs, properties and catalogs that they name are read; what else is said to pegasus-plan is about how Pegasus plans",
    })
  for (const [namespace, keys] of Object.entries(job.profiles))
    for (const key of Object.keys(keys))
      rows.push({
        what: `profile ${namespace}.${key} of ${job.id}`,
        taken: "no",
        how: "It is about the planning of that workflow; its own jobs say what holds for them",
      })
  if (job.hooks.length > 0)
    rows.push({ what: `hooks of ${job.id}`, taken: "no", how: "Commands beside the workflow are not started" })
  return {
    ...(job.label === undefined ? {} : { description: job.label }),
    workflow: `${file}.yaml`,
    ...(Object.keys(inputs).length === 0 ? {} : { inputs }),
    ...(after.length === 0 ? {} : { after }),
  }
}
