import type { Gear } from "@geartrain/spec"
import { type OpenStep, orderSteps, type SubWorkflowStep, type WorkflowPlan } from "@geartrain/spec/workflow"
import type { GivenFiles } from "../../orders/take-inputs.ts"
import { allOf, childrenOf, type Expanding, outputsOf } from "../expand/expand-workflow.ts"
import { NOTHING, type Scope } from "../expand/scope.ts"

/** Keys of jobs by their step in its scope, `qc[2]/align`, and the steps that are open, in the same words. */
export interface KnownKeys {
  readonly jobs: ReadonlyMap<string, readonly string[]>
  readonly open: ReadonlySet<string>
  /** Of a sub-workflow in its scope, `qc`, the keys of its own scopes, `qc[2]/`. */
  readonly scopes: ReadonlyMap<string, ReadonlySet<string>>
}

/** Which jobs there are by now: those of the plan, and those that the open steps became that this one waits for. */
export function indexKeys(plan: WorkflowPlan, open: OpenStep, done: GivenFiles): KnownKeys {
  const jobs = new Map<string, string[]>()
  const scopes = new Map<string, Set<string>>()
  const add = (key: string): void => {
    push(jobs, withoutNumber(key), key)
    addScopes(scopes, key)
  }
  for (const { key } of plan.jobs) add(key)
  const isOpen = new Set(plan.open.map(({ step }) => step))
  for (const step of open.awaits) {
    const keys = done.keysOf(step)
    for (const key of keys) add(key)
    if (keys.length > 0) isOpen.delete(step)
  }
  for (const step of isOpen) addScopes(scopes, step)
  return { jobs, open: isOpen, scopes }
}

function addScopes(scopes: Map<string, Set<string>>, key: string): void {
  for (let slash = key.indexOf("/"); slash !== -1; slash = key.indexOf("/", slash + 1)) {
    const step = withoutNumber(key.slice(0, slash))
    const known = scopes.get(step) ?? new Set()
    known.add(key.slice(0, slash + 1))
    scopes.set(step, known)
  }
}

/** The last name of a key without the number of its item. */
export function withoutNumber(key: string): string {
  return key.replace(/\[\d+\]$/, "")
}

function push(lists: Map<string, string[]>, name: string, value: string): void {
  const known = lists.get(name)
  if (known === undefined) lists.set(name, [value])
  else known.push(value)
}

export interface Filling {
  readonly keys: KnownKeys
  readonly gears: ReadonlyMap<string, Gear>
  readonly place: Pick<Expanding, "workflow" | "files" | "facts">
}

/** Says of the steps of a scope what they have become: what was planned of them, and not what would be planned now. */
export function fillResults(scope: Scope, filling: Filling): void {
  for (const name of orderSteps(scope.workflow)) {
    const step = scope.workflow.steps[name]
    if (step === undefined || scope.results.has(name)) continue
    const id = `${scope.key}${name}`
    if ("workflow" in step) {
      const children = plannedChildren(step, { name, scope }, filling)
      for (const child of children) fillResults(child, filling)
      scope.results.set(name, { kind: "workflow", outputs: outputsOf(children), all: allOf(children) })
      continue
    }
    const gear = filling.gears.get(`${scope.path}${name}`)
    if (gear === undefined) throw new RangeError(`The plan has no gear for step "${scope.path}${name}"`)
    if (filling.keys.open.has(id)) scope.results.set(name, { kind: "open", step: id, gear })
    else scope.results.set(name, { kind: "jobs", keys: filling.keys.jobs.get(id) ?? [], gear })
  }
}

/** The scopes that a sub-workflow was planned in, by the keys of the jobs in them. */
function plannedChildren(
  step: SubWorkflowStep,
  at: { readonly name: string; readonly scope: Scope },
  { keys, place }: Filling,
): readonly Scope[] {
  const { name, scope } = at
  const path = `${scope.path}${name}`
  const workflow = place.workflow.documents.get(path)?.workflow
  if (workflow === undefined) throw new RangeError(`The plan has no document for step "${path}"`)
  // What is passed through is in no job: then the scopes are worked out once more.
  const passes = Object.values(workflow.outputs ?? {}).some(({ from }) => from.startsWith("inputs."))
  if (passes) return childrenOf(step, at, place)
  const found = [...(keys.scopes.get(`${scope.key}${name}`) ?? [])].toSorted((a, b) => numberOf(a) - numberOf(b))
  return found.map((key) => ({
    ...{ path: `${path}/`, key, workflow, parameters: {}, inputs: new Map(), results: new Map() },
    ...{ policy: {}, after: NOTHING, toldBy: [] },
  }))
}

function numberOf(scopeKey: string): number {
  return Number(/\[(\d+)\]\/$/.exec(scopeKey)?.[1] ?? -1)
}
