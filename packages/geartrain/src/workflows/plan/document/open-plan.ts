import { GeartrainError, isGeartrainError } from "@geartrain/spec"
import type { KnownFile, WorkflowPlan } from "@geartrain/spec/workflow"
import type { WorkflowJobs } from "../../workflow-jobs.ts"
import { readPlan } from "./read-plan.ts"

/** A plan that can be carried out as it was made, and what its user should know. */
export interface OpenedPlan {
  readonly plan: WorkflowPlan
  /** Sentences without full stop. */
  readonly notes: readonly string[]
}

/**
 * Reads a plan to run it: all files that it was made of are what they were, by their bytes, and its gears are there. A name that points to another
 * gear by now changes nothing, since a plan has gears by their id; it is told.
 *
 * @throws {GeartrainError} WORKFLOW_PLAN_INVALID; WORKFLOW_INPUT_CHANGED with every file that is another or gone; GEAR_NOT_FOUND.
 */
export async function openPlan(
  file: string,
  jobs: Pick<WorkflowJobs, "readFile" | "resolveGear">,
): Promise<OpenedPlan> {
  const plan = await readPlan(file)
  const changed = await changedFiles(plan, jobs)
  if (changed.length > 0) throw inputsChanged(file, changed)
  return { plan, notes: await movedGears(plan, jobs) }
}

async function changedFiles(plan: WorkflowPlan, jobs: Pick<WorkflowJobs, "readFile">): Promise<readonly string[]> {
  const files = new Map<string, KnownFile>()
  for (const list of [...Object.values(plan.inputs), ...Object.values(plan.files ?? {})])
    for (const known of list) if (known.path !== undefined) files.set(known.path, known)
  const places = [...files]
  const changed: string[] = []
  for (let start = 0; start < places.length; start += AT_ONCE) {
    const looked = places.slice(start, start + AT_ONCE).map(([path, known]) => whyChanged(path, known, jobs))
    for (const why of await Promise.all(looked)) if (why !== undefined) changed.push(why)
  }
  return changed
}

/** So many files are read at one time. */
const AT_ONCE = 16

async function whyChanged(
  path: string,
  known: KnownFile,
  jobs: Pick<WorkflowJobs, "readFile">,
): Promise<string | undefined> {
  try {
    const { digest, sizeBytes } = await jobs.readFile(path, known.name)
    if (digest === known.digest) return undefined
    const was =
      sizeBytes === known.sizeBytes ? `${sizeBytes} other bytes` : `${known.sizeBytes} bytes before, ${sizeBytes} now`
    return `"${path}" is another file: ${was}`
  } catch (error) {
    if (!isGeartrainError(error)) throw error
    return `"${path}" cannot be read any more`
  }
}

async function movedGears(plan: WorkflowPlan, jobs: Pick<WorkflowJobs, "resolveGear">): Promise<readonly string[]> {
  const notes = new Set<string>()
  const looked = new Map<string, string>()
  for (const [step, { id, name, version }] of Object.entries(plan.gears)) {
    if (!looked.has(id)) looked.set(id, (await jobs.resolveGear(id, "")).id)
    const reference = referenceOf(plan, step)
    if (reference === undefined || /^\.{0,2}\//.test(reference)) continue
    const now = await jobs.resolveGear(reference, "").catch((error: unknown) => {
      // The name is gone; the gear that it meant is there, and that is what runs.
      if (isGeartrainError(error)) return undefined
      throw error
    })
    if (now?.id === id) continue
    const means =
      now === undefined ? "is not there any more" : `means ${now.manifest.name}@${now.manifest.version} by now`
    notes.add(`gear "${reference}" ${means}: the plan runs ${name}@${version}, as it was made`)
  }
  return [...notes]
}

function referenceOf(plan: WorkflowPlan, path: string): string | undefined {
  const slash = path.lastIndexOf("/")
  const step = plan.documents[slash === -1 ? "" : path.slice(0, slash)]?.steps[path.slice(slash + 1)]
  return step !== undefined && "gear" in step ? step.gear : undefined
}

function inputsChanged(file: string, changed: readonly string[]): GeartrainError {
  const lines = changed.slice(0, 10).map((why) => `  ${why}`)
  const more = changed.length > 10 ? [`  … and ${changed.length - 10} more`] : []
  return new GeartrainError(
    "WORKFLOW_INPUT_CHANGED",
    [`Cannot run plan "${file}": it was made of other files`, ...lines, ...more].join("\n"),
    { details: { file, changed: changed.slice(0, 100) }, hint: "Plan again: gear workflow plan FILE --out PLAN" },
  )
}
