import type { WorkflowStep } from "@geartrain/spec/workflow"
import type { PegasusInputs } from "../catalogs/load-inputs.ts"
import type { AbstractJob } from "../workflow/abstract-workflow.ts"
import { mergeProfiles } from "../workflow/profiles.ts"
import { namer } from "./convert-names.ts"
import { convertStep } from "./convert-steps.ts"
import { convertSubWorkflow } from "./convert-sub-workflow.ts"
import type { ConvertedDocument } from "./converted-document.ts"
import type { ConvertedGear, GearShelf } from "./gears/convert-gears.ts"
import { joinFiles } from "./join-files.ts"
import { collectOutsideFiles } from "./outside-files.ts"
import { isFollowedProperty, propertyProfiles } from "./step-policy.ts"
import type { PegasusFamily } from "./sub-workflows.ts"
import { type TakenOver, tellWorkflow } from "./take-over.ts"

export interface DocumentWish {
  readonly file: string
  readonly isWhole: boolean
  /** What workflows that are jobs have become, by the job's id. */
  readonly inner: ReadonlyMap<string, ConvertedDocument>
  readonly shelf: GearShelf
  readonly gearPath: (gear: ConvertedGear) => string
  readonly rows: TakenOver[]
}

/** @throws {GeartrainError} PEGASUS_WORKFLOW_CYCLE; PEGASUS_NOT_CONVERTIBLE. */
export function convertDocument(
  { inputs, wanted, fed }: PegasusFamily,
  { file, isWhole, inner, shelf, gearPath, rows }: DocumentWish,
): ConvertedDocument {
  const { workflow } = inputs
  const stepNames = namer("_-", { most: 100 })
  const steps = new Map(workflow.jobs.map((job) => [job.id, stepNames(`${programOf(job)}_${job.id}`)]))
  const title = isWhole ? "the workflow" : `${file}.yaml`
  const outside = collectOutsideFiles({ replicas: inputs.replicas, fed, title, rows })
  const joins = joinFiles(workflow, { steps, inner, outside })
  const converted: Record<string, WorkflowStep> = {}
  for (const job of workflow.jobs) {
    const step = steps.get(job.id) ?? job.id
    const document = inner.get(job.id)
    if (document === undefined) {
      const gear = shelf.gearOf(job, inputs.transformations)
      const profiles = profilesOf(job, gear, inputs)
      converted[step] = convertStep(job, {
        gear: gearPath(gear),
        profiles,
        ...joins.readBy(job),
        from: workflow.file,
        rows,
      })
    } else {
      converted[step] = convertSubWorkflow(job, { file: document.file, ...joins.boundTo(job, document), rows })
    }
  }
  tellWorkflow(inputs, { title, isWhole, isProfile: isFollowedProperty, rows })
  const { written, byLfn } = joins.outputs(wanted)
  const categories = isWhole ? categoryLimits(inputs) : {}
  return {
    file,
    from: workflow.file,
    workflow: {
      workflow: 1,
      name: namer("_.-", { most: 100 })(workflow.name),
      description: `Taken over from the Pegasus workflow ${workflow.name}`,
      ...(Object.keys(outside.inputs).length === 0 ? {} : { inputs: outside.inputs }),
      steps: converted,
      ...(Object.keys(written).length === 0 ? {} : { outputs: written }),
      ...(Object.keys(categories).length === 0 ? {} : { limits: { categories } }),
    },
    inputs: outside.byLfn,
    outputs: byLfn,
    checks: outside.checks,
  }
}

/** Of a workflow, its file without folder and ending. */
function programOf({ type, name }: AbstractJob): string {
  return type === "job" ? name : name.replace(/^.*\//, "").replace(/\.[^.]*$/, "")
}

function profilesOf(
  job: AbstractJob,
  { transformation: name, site, container }: ConvertedGear,
  { workflow, transformations, properties }: PegasusInputs,
): AbstractJob["profiles"] {
  return mergeProfiles([
    site?.profiles ?? {},
    transformations.transformations.get(name)?.profiles ?? {},
    container?.profiles ?? {},
    job.profiles,
    workflow.profiles,
    propertyProfiles(properties),
  ])
}

function categoryLimits({ properties }: PegasusInputs): Readonly<Record<string, number>> {
  const limits: Record<string, number> = {}
  for (const [key, value] of properties) {
    const category = /^dagman\.(.+)\.maxjobs$/i.exec(key)?.[1]
    const most = Number(value)
    if (category !== undefined && Number.isInteger(most) && most > 0) limits[category] = most
  }
  return limits
}
