import type { Gear, JsonObject } from "@geartrain/spec"
import type { GearStep, OpenStep, PlannedInput, PlanReason, StepPolicy, WorkflowStep } from "@geartrain/spec/workflow"
import { isFromValue, isTextValue, readSource, stepSources, stepsBefore } from "@geartrain/spec/workflow"
import { type DraftJob, limitsOf, mergePolicy } from "./draft-job.ts"
import { holds, whyNot } from "./holds.ts"
import { type Items, NO_ITEMS } from "./item.ts"
import { describeItems } from "./items.ts"
import { scatterItems } from "./scatter.ts"
import {
  type Facts,
  joinWaits,
  NOTHING,
  type Scope,
  type StepResult,
  type Waits,
  waitsOf,
  waitsOfResult,
} from "./scope.ts"
import { gearInputs, type InputPlace } from "./step-inputs.ts"
import { sourceValues } from "./values.ts"

/** Where a step stands. */
export interface StepPlace extends InputPlace {
  readonly name: string
  readonly facts: Facts
}

/** The jobs of a step in one scope, or that it is open. */
export interface ExpandedStep {
  readonly result: StepResult
  readonly jobs: readonly DraftJob[]
  readonly open?: OpenStep
}

/** Makes the jobs of a gear's step: one, or one for each item of its scatter. */
export function expandStep(step: GearStep, gear: Gear, place: StepPlace): ExpandedStep {
  const { scope, name } = place
  const found = itemsOf(step, place)
  const path = `${scope.path}${name}`
  if (found === "open") {
    const id = `${scope.key}${name}`
    const { jobs, open } = waitsOfSources(step, scope)
    // Whoever makes jobs of it later looks at what told of its scope once more.
    const awaits = [...new Set([...jobs, ...scope.toldBy, ...open])]
    return { result: { kind: "open", step: id, gear }, jobs: [], open: { step: id, gear: gear.id, awaits } }
  }
  const inputs = gearInputs(step.inputs, gear, place)
  const config = valuesOf(step.config, scope)
  const policy = mergePolicy(scope.policy, policyOf(step))
  const limits = limitsOf(policy.resources)
  const always = joinWaits([scope.after, ...(step.after ?? []).map((other) => waitsOfStep(other, scope))])
  const jobs = found.map(({ key, items, skip }): DraftJob => {
    const given = skip === undefined ? inputs.of(items) : {}
    const waits = joinWaits([always, waitsOfItems(items), ...waitsOfInputs(given)])
    return {
      key,
      step: path,
      ...(items.size === 0 ? {} : { each: describeItems(items) }),
      gear,
      config: config(items),
      inputs: given,
      after: skip === undefined ? waits.jobs : [],
      afterOpen: skip === undefined ? waits.open : [],
      ...(step.network === undefined ? {} : { network: step.network }),
      ...(step.acceptExitCodes === undefined ? {} : { acceptExitCodes: step.acceptExitCodes }),
      ...(limits === undefined ? {} : { limits }),
      policy,
      ...(skip === undefined ? {} : { skip }),
    }
  })
  return { result: { kind: "jobs", keys: jobs.map(({ key }) => key), gear }, jobs }
}

/** A step, or one item of its scatter. */
export interface StepItem {
  readonly key: string
  readonly items: Items
  readonly skip?: PlanReason
}

/** What a step is done for; `open` where that hangs on jobs that are not done. */
export function itemsOf(step: WorkflowStep, place: StepPlace): readonly StepItem[] | "open" {
  const { scope, name, facts } = place
  if (scope.isOpen === true) return "open"
  const key = `${scope.key}${name}`
  if (scope.skip !== undefined) return [{ key, items: NO_ITEMS, skip: scope.skip }]
  const all =
    step.scatter === undefined ? [NO_ITEMS] : scatterItems(step.scatter, { step: `${scope.path}${name}`, scope }, facts)
  if (all === "open") return "open"
  const found: StepItem[] = []
  for (const [index, items] of all.entries()) {
    const skip = whyLeftOut(step, { scope, items, facts })
    if (skip === "open") return "open"
    found.push({
      key: step.scatter === undefined ? key : `${key}[${index}]`,
      items,
      ...(skip === undefined ? {} : { skip }),
    })
  }
  return found
}

function whyLeftOut(step: WorkflowStep, place: Parameters<typeof holds>[1]): PlanReason | "open" | undefined {
  const held = step.when === undefined ? true : holds(step.when, place)
  if (held === "open") return "open"
  if (held || step.when === undefined) return undefined
  const { of, value } = whyNot(step.when, place)
  return { kind: "condition", component: of, ...(value === undefined ? {} : { now: value }) }
}

/** What has to be done before it is known how often a step is there: of other steps, and of what a sub-workflow is given. */
export function waitsOfSources(step: WorkflowStep, scope: Scope): Waits {
  const given = stepSources(step).flatMap(({ from }) => {
    const source = readSource(from)
    return source?.kind === "input" ? [waitsOf(scope.inputs.get(source.name) ?? [])] : []
  })
  return joinWaits([scope.after, ...given, ...[...stepsBefore(step)].map((name) => waitsOfStep(name, scope))])
}

export function waitsOfStep(name: string, scope: Scope): Waits {
  const result = scope.results.get(name)
  return result === undefined ? NOTHING : waitsOfResult(result)
}

export function waitsOfItems(items: Items): Waits {
  if (items.size === 0) return NOTHING
  return joinWaits([...items.values()].map(({ after }) => after))
}

/** What the step says of how it is carried out. */
export function policyOf(step: WorkflowStep): StepPolicy {
  const { resources, retry, priority, category, reuse, keep } = step
  return { resources, retry, priority, category, reuse, keep } as StepPolicy
}

function waitsOfInputs(inputs: Readonly<Record<string, PlannedInput>>): readonly Waits[] {
  return Object.values(inputs).map(({ parts }) => (parts === undefined ? NOTHING : waitsOf(parts)))
}

/** Values that are the same for all items are one object for all of them. */
function valuesOf(sources: GearStep["config"], scope: Scope): (items: Items) => JsonObject {
  const varies = Object.values(sources ?? {}).some(
    (source) =>
      (isFromValue(source) && source.from.startsWith("each.")) ||
      (isTextValue(source) && /\$\{\s*each\./.test(source.text)),
  )
  if (varies) return (items) => sourceValues(sources, scope, items)
  const values = sourceValues(sources, scope, NO_ITEMS)
  return () => values
}
