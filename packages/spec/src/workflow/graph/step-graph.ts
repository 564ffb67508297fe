import { readSource } from "../sources/read-source.ts"
import { stepSources } from "../sources/walk-sources.ts"
import type { Workflow, WorkflowStep } from "../workflow.ts"

/** The steps of this workflow that a step waits for: those that it reads of, and those that it names in `after`. */
export function stepsBefore(step: WorkflowStep): ReadonlySet<string> {
  const before = new Set(step.after)
  for (const { from } of stepSources(step)) {
    const source = readSource(from)
    if (source?.kind === "step") before.add(source.step)
  }
  return before
}

/**
 * Puts the steps of a workflow into an order in which each stands after all that it waits for, and otherwise as they were written.
 *
 * @throws {RangeError} for a cycle: the workflow was not checked.
 */
export function orderSteps(workflow: Pick<Workflow, "steps">): readonly string[] {
  const { order, cycles } = walkGraph(workflow)
  if (cycles.length > 0) throw new RangeError(`The steps ${cycles[0]?.join(", ")} wait for each other`)
  return order
}

/** Steps that wait for each other: one way round each, from the step that stands first. Steps that are not there are left out. */
export function findCycles(workflow: Pick<Workflow, "steps">): readonly (readonly string[])[] {
  return walkGraph(workflow).cycles
}

interface Walk {
  readonly order: string[]
  readonly cycles: string[][]
}

interface Visit {
  readonly name: string
  readonly rest: Iterator<string>
}

/** Goes through the graph with a stack of its own: a chain of steps may be longer than that of the language is deep. */
function walkGraph({ steps }: Pick<Workflow, "steps">): Walk {
  const walk: Walk = { order: [], cycles: [] }
  const states = new Map<string, "open" | "done">()
  const stack: Visit[] = []
  const enter = (name: string) => {
    states.set(name, "open")
    stack.push({ name, rest: stepsBefore(steps[name] as WorkflowStep).values() })
  }
  for (const first of Object.keys(steps)) {
    if (!states.has(first)) enter(first)
    for (let visit = stack.at(-1); visit !== undefined; visit = stack.at(-1)) {
      const next = visit.rest.next()
      if (next.done === true) {
        stack.pop()
        states.set(visit.name, "done")
        walk.order.push(visit.name)
      } else if (states.get(next.value) === "open") walk.cycles.push(cycleOf(stack, next.value))
      else if (!states.has(next.value) && Object.hasOwn(steps, next.value)) enter(next.value)
    }
  }
  return walk
}

/** On the stack each waits for the one after it; people read a cycle the way that the data goes. */
function cycleOf(stack: readonly Visit[], from: string): string[] {
  const names = stack.map(({ name }) => name)
  return [from, ...names.slice(names.indexOf(from) + 1).reverse()]
}
