import type { Gear, JsonObject } from "@geartrain/spec"
import {
  type KnownFile,
  type OpenStep,
  orderSteps,
  type SubWorkflowStep,
  stepsBefore,
  type Workflow,
} from "@geartrain/spec/workflow"
import type { WorkflowToPlan } from "../plan-request.ts"
import type { DraftJob } from "./draft-job.ts"
import { mergePolicy } from "./draft-job.ts"
import {
  expandStep,
  itemsOf,
  policyOf,
  type StepItem,
  type StepPlace,
  waitsOfItems,
  waitsOfSources,
  waitsOfStep,
} from "./expand-step.ts"
import { MOST_JOBS, tooLarge } from "./scatter.ts"
import { type Facts, joinWaits, type Part, type Scope, type Waits, waitsOfResult } from "./scope.ts"
import { sourceParts } from "./source-parts.ts"
import { inputParts, namedFile } from "./step-inputs.ts"
import { sourceValues } from "./values.ts"

/** What happens to what was expanded. */
export interface Expanding {
  readonly workflow: Pick<WorkflowToPlan, "documents" | "gears">
  readonly files: Readonly<Record<string, readonly KnownFile[]>>
  readonly facts: Facts
  /** Given the jobs of all steps of one level: what they come to has to be among the facts when it resolves. */
  readonly onJobs: (jobs: readonly DraftJob[]) => Promise<void>
  readonly onOpen: (open: OpenStep) => void
  readonly onNote: (note: string) => void
}

/**
 * Walks through a workflow, and through its sub-workflows in all their scopes at once: each step after all that it reads of, those of one level together.
 */
export async function expandWorkflow(scopes: readonly Scope[], expanding: Expanding): Promise<void> {
  const [first] = scopes
  if (first === undefined) return
  for (const level of levelsOf(first)) {
    const jobs: DraftJob[] = []
    for (const name of level) for (const scope of scopes) expandGearStep({ name, scope }, expanding, jobs)
    if (jobs.length > 0) await expanding.onJobs(jobs)
    for (const name of level) await expandSubWorkflow(name, scopes, expanding)
  }
}

/** Steps that wait for nothing, then those that wait for these, and so on. */
function levelsOf({ workflow }: Scope): readonly (readonly string[])[] {
  const depths = new Map<string, number>()
  const levels: string[][] = []
  for (const name of orderSteps(workflow)) {
    const step = workflow.steps[name]
    let depth = 0
    if (step !== undefined)
      for (const other of stepsBefore(step)) depth = Math.max(depth, (depths.get(other) ?? -1) + 1)
    depths.set(name, depth)
    const level = levels[depth]
    if (level === undefined) levels[depth] = [name]
    else level.push(name)
  }
  return levels
}

function expandGearStep(
  at: { readonly name: string; readonly scope: Scope },
  expanding: Expanding,
  jobs: DraftJob[],
): void {
  const { name, scope } = at
  const step = scope.workflow.steps[name]
  if (step === undefined || !("gear" in step)) return
  const place: StepPlace = { ...at, files: expanding.files, facts: expanding.facts }
  const expanded = expandStep(step, gearOf(`${scope.path}${name}`, expanding), place)
  scope.results.set(name, expanded.result)
  if (expanded.open !== undefined) expanding.onOpen(expanded.open)
  else if (expanded.jobs.length === 0)
    expanding.onNote(`step "${scope.key}${name}" has nothing to run for: its scatter has no items`)
  if (jobs.length + expanded.jobs.length > MOST_JOBS)
    throw tooLarge(`${scope.path}${name}`, jobs.length + expanded.jobs.length)
  for (const job of expanded.jobs) jobs.push(job)
}

function gearOf(path: string, { workflow }: Pick<Expanding, "workflow">): Gear {
  const gear = workflow.gears.get(path)
  // Only workflows that were checked are planned, so that this is a mistake of the program.
  if (gear === undefined) throw new RangeError(`The workflow was not checked: there is no gear for step "${path}"`)
  return gear
}

async function expandSubWorkflow(name: string, scopes: readonly Scope[], expanding: Expanding): Promise<void> {
  const [first] = scopes
  const step = first?.workflow.steps[name]
  if (first === undefined || step === undefined || !("workflow" in step)) return
  const inner = scopes.map((scope) => ({ scope, children: childrenOf(step, { name, scope }, expanding) }))
  await expandWorkflow(
    inner.flatMap(({ children }) => children),
    expanding,
  )
  for (const { scope, children } of inner) {
    scope.results.set(name, { kind: "workflow", outputs: outputsOf(children), all: allOf(children) })
    if (children.length === 0)
      expanding.onNote(`step "${scope.key}${name}" has nothing to run for: its scatter has no items`)
  }
}

/** The scopes of a sub-workflow: one, or one for each item of the scatter of its step. @param at.isWanted  By key. Default: all. */
export function childrenOf(
  step: SubWorkflowStep,
  at: { readonly name: string; readonly scope: Scope; readonly isWanted?: (key: string) => boolean },
  expanding: Pick<Expanding, "workflow" | "files" | "facts">,
): readonly Scope[] {
  const { name, scope, isWanted = () => true } = at
  const place: StepPlace = { name, scope, files: expanding.files, facts: expanding.facts }
  const found = itemsOf(step, place)
  const path = `${scope.path}${name}`
  const workflow = expanding.workflow.documents.get(path)?.workflow
  if (workflow === undefined)
    throw new RangeError(`The workflow was not checked: there is no document for step "${path}"`)
  const policy = mergePolicy(mergePolicy(scope.policy, policyOf(step)), workflow.defaults ?? {})
  const always = joinWaits([scope.after, ...(step.after ?? []).map((other) => waitsOfStep(other, scope))])
  const sources = waitsOfSources(step, scope)
  const told = sources.jobs.filter((key) => expanding.facts.outputsOf(key) !== undefined)
  const toldBy = told.length === 0 ? scope.toldBy : [...new Set([...scope.toldBy, ...told])]
  const make = (item: StepItem, after: Waits): Scope => ({
    path: `${path}/`,
    key: `${item.key}/`,
    workflow,
    parameters: { ...defaultsOf(workflow), ...sourceValues(step.parameters, scope, item.items) },
    inputs: boundInputs(step, { workflow, path, item }, place),
    results: new Map(),
    policy,
    after,
    toldBy,
    ...(item.skip === undefined ? {} : { skip: item.skip }),
  })
  if (found !== "open") {
    const wanted = found.filter((item) => isWanted(`${item.key}/`))
    return wanted.map((item) => make(item, joinWaits([always, waitsOfItems(item.items)])))
  }
  const key = `${scope.key}${name}/`
  if (!isWanted(key)) return []
  const nothing = { parameters: {}, inputs: new Map(), results: new Map() }
  return [{ path: `${path}/`, key, workflow, ...nothing, policy, after: sources, toldBy, isOpen: true }]
}

function defaultsOf({ parameters = {} }: Workflow): JsonObject {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, { default: value }]) => (value === undefined ? [] : [[name, value]])),
  )
}

function boundInputs(
  step: SubWorkflowStep,
  at: { readonly workflow: Workflow; readonly path: string; readonly item: StepItem },
  place: StepPlace,
): ReadonlyMap<string, readonly Part[]> {
  const bound = new Map<string, readonly Part[]>()
  for (const [name, input] of Object.entries(at.workflow.inputs ?? {})) {
    const source = step.inputs?.[name]
    if (source !== undefined && at.item.skip === undefined) bound.set(name, inputParts(source, place, at.item.items))
    else if (input.default !== undefined) bound.set(name, place.files[namedFile(at.path, input.default)] ?? [])
  }
  return bound
}

/** What a sub-workflow gives: of each of its outputs the files of all its scopes, in their order. */
export function outputsOf(scopes: readonly Scope[]): ReadonlyMap<string, readonly Part[]> {
  const outputs = new Map<string, readonly Part[]>()
  for (const [name, source] of Object.entries(scopes[0]?.workflow.outputs ?? {}))
    outputs.set(
      name,
      scopes.flatMap((scope) => sourceParts(source, scope)),
    )
  return outputs
}

export function allOf(scopes: readonly Scope[]): Waits {
  return joinWaits(scopes.flatMap(({ results }) => [...results.values()].map(waitsOfResult)))
}
