import type { WrittenResources } from "@geartrain/spec/additions"
import type { Workflow, WorkflowPlan } from "@geartrain/spec/workflow"

/** Workflows with all sub-workflows, by the path of their step; the whole itself under the empty path. */
type Documents = ReadonlyMap<string, { readonly workflow: Workflow }>

/** Finds steps that ask for graphics processors, by themselves or by what holds for all, and how many: no provider of a machine gives them to gears. */
export function findGpuSteps(documents: Documents): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  visit("", { documents, found, inherited: undefined })
  return found
}

interface Visit {
  readonly documents: Documents
  readonly found: Map<string, number>
  /** What the steps around it say. */
  readonly inherited: WrittenResources | undefined
}

function visit(path: string, { documents, found, inherited }: Visit): void {
  const workflow = documents.get(path)?.workflow
  if (workflow === undefined) return
  for (const [name, step] of Object.entries(workflow.steps)) {
    const resources = step.resources ?? workflow.defaults?.resources ?? inherited
    const at = path === "" ? name : `${path}/${name}`
    if ("workflow" in step) visit(at, { documents, found, inherited: resources })
    else if ((resources?.gpu ?? 0) > 0) found.set(at, resources?.gpu ?? 0)
  }
}

/** What there is to say of each such step: a sentence without full stop. */
export function gpuNotes(documents: Documents): readonly string[] {
  return [...findGpuSteps(documents)].map(
    ([step, count]) =>
      `step "${step}" asks for ${gpuWords(count)}, which no provider offers here: it cannot run on this machine; remove resources.gpu if its gear does without`,
  )
}

export function gpuWords(count: number): string {
  return count === 1 ? "a graphics processor" : `${count} graphics processors`
}

/** The first such step of a plan that is not done already. */
export function firstGpuStep(plan: WorkflowPlan): readonly [step: string, count: number] | undefined {
  const documents = new Map(Object.entries(plan.documents).map(([path, workflow]) => [path, { workflow }]))
  const asking = findGpuSteps(documents)
  if (asking.size === 0) return undefined
  const running = new Set(plan.open.map(({ step }) => step.replaceAll(/\[\d+\]/g, "")))
  for (const { step, action } of plan.jobs) if (action === "run" || action === "await") running.add(step)
  return [...asking].find(([step]) => running.has(step))
}
