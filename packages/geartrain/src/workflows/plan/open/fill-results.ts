import type { Gear } from "@geartrain/spec"
import {
  type OpenStep,
  orderSteps,
  type SubWorkflowStep,
  stepsBefore,
  type WorkflowPlan,
} from "@geartrain/spec/workflow"
import type { GivenFiles } from "../../orders/take-inputs.ts"
import { allOf, childrenOf, type Expanding, outputsOf } from "../expand/expand-workflow.ts"
import { NOTHING, type Scope } from "../expand/scope.ts"

/** What a plan says of its jobs and open steps, looked through once for all that becomes of it. */
export interface PlanKeys {
  /** Keys of jobs by their step in its scope, `qc[2]/align`. */
  readonly jobs: ReadonlyMap<string, readonly string[]>
  /** Of a sub-workflow in its scope, `qc`, the keys of its own scopes, `qc[2]/`. */
  readonly scopes: ReadonlyMap<string, ReadonlySet<string>>
  /** The steps that are open, in the same words. */
  readonly open: ReadonlySet<string>
  /** As `scopes`, with the open steps that are in each. */
  readonly openScopes: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>
}

export function indexPlan(plan: Pick<WorkflowPlan, "jobs" | "open">): PlanKeys {
  const jobs = new Map<string, string[]>()
  const scopes = new Map<string, Set<string>>()
  for (const { key } of plan.jobs) {
    push(jobs, withoutNumber(key), key)
    addScopes(scopes, key)
  }
  const openScopes = new Map<string, Map<string, string[]>>()
  for (const { step } of plan.open) {
    for (const [name, scope] of scopesAround(step)) {
      const known = openScopes.get(name) ?? new Map<string, string[]>()
      openScopes.set(name, known)
      push(known, scope, step)
    }
  }
  return { jobs, scopes, open: new Set(plan.open.map(({ step }) => step)), openScopes }
}

/** Which jobs and scopes there are by now. */
export interface KnownKeys {
  readonly jobsOf: (step: string) => readonly string[]
  readonly isOpen: (step: string) => boolean
  readonly scopesOf: (step: string) => ReadonlySet<string>
}

/** Which jobs there are by now: those of the plan, and those that the open steps became that this one waits for. */
export function knownKeys(plan: PlanKeys, open: Pick<OpenStep, "awaits">, done: GivenFiles): KnownKeys {
  const jobs = new Map<string, string[]>()
  const scopes = new Map<string, Set<string>>()
  const became = new Set<string>()
  for (const step of open.awaits) {
    const keys = done.keysOf(step)
    if (keys.length > 0) became.add(step)
    for (const key of keys) {
      push(jobs, withoutNumber(key), key)
      addScopes(scopes, key)
    }
  }
  return {
    jobsOf: (step) => [...(plan.jobs.get(step) ?? []), ...(jobs.get(step) ?? [])],
    isOpen: (step) => plan.open.has(step) && !became.has(step),
    scopesOf: (step) => {
      const still = [...(plan.openScopes.get(step) ?? [])].filter(([, steps]) => steps.some((one) => !became.has(one)))
      return new Set([...(plan.scopes.get(step) ?? []), ...(scopes.get(step) ?? []), ...still.map(([scope]) => scope)])
    },
  }
}

function* scopesAround(key: string): Generator<readonly [step: string, scope: string]> {
  for (let slash = key.indexOf("/"); slash !== -1; slash = key.indexOf("/", slash + 1)) {
    yield [withoutNumber(key.slice(0, slash)), key.slice(0, slash + 1)]
  }
}

function addScopes(scopes: Map<string, Set<string>>, key: string): void {
  for (const [step, scope] of scopesAround(key)) {
    const known = scopes.get(step)
    if (known === undefined) scopes.set(step, new Set([scope]))
    else known.add(scope)
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

/**
 * Says of the steps of a scope what they have become: what was planned of them, and not what would be planned now.
 *
 * @param only  Of these, and of what they read of. Default: of all.
 */
export function fillResults(scope: Scope, filling: Filling, only?: ReadonlySet<string>): void {
  const wanted = only === undefined ? undefined : withAllBefore(only, scope)
  for (const name of orderSteps(scope.workflow)) {
    const step = scope.workflow.steps[name]
    if (step === undefined || scope.results.has(name) || wanted?.has(name) === false) continue
    const id = `${scope.key}${name}`
    if ("workflow" in step) {
      const children = plannedChildren(step, { name, scope }, filling)
      for (const child of children) fillResults(child, filling)
      scope.results.set(name, { kind: "workflow", outputs: outputsOf(children), all: allOf(children) })
      continue
    }
    const gear = filling.gears.get(`${scope.path}${name}`)
    if (gear === undefined) throw new RangeError(`The plan has no gear for step "${scope.path}${name}"`)
    if (filling.keys.isOpen(id)) scope.results.set(name, { kind: "open", step: id, gear })
    else scope.results.set(name, { kind: "jobs", keys: filling.keys.jobsOf(id), gear })
  }
}

function withAllBefore(names: ReadonlySet<string>, { workflow }: Scope): ReadonlySet<string> {
  const all = new Set(names)
  for (const name of all) {
    const step = workflow.steps[name]
    if (step !== undefined) for (const before of stepsBefore(step)) all.add(before)
  }
  return all
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
  const found = [...keys.scopesOf(`${scope.key}${name}`)].toSorted((a, b) => numberOf(a) - numberOf(b))
  return found.map((key) => ({
    ...{ path: `${path}/`, key, workflow, parameters: {}, inputs: new Map(), results: new Map() },
    ...{ policy: {}, after: NOTHING, toldBy: [] },
  }))
}

function numberOf(scopeKey: string): number {
  return Number(/\[(\d+)\]\/$/.exec(scopeKey)?.[1] ?? -1)
}
