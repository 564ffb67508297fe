import { GeartrainError } from "@geartrain/spec"
import type { Scatter } from "@geartrain/spec/workflow"
import type { Item, Items } from "./item.ts"
import { sourceItems } from "./items.ts"
import type { Facts, Scope } from "./scope.ts"

/** Jobs of one plan: more of them are a mistake in a glob or a cross. */
export const MOST_JOBS = 1_000_000

/**
 * The items that a step is run for, one after the other; `open` where it is not known yet how many there are.
 *
 * @param step  Its path, for errors.
 * @throws {GeartrainError} WORKFLOW_FILES_UNFIT where lists that go together are not equally long; WORKFLOW_TOO_LARGE.
 */
export function scatterItems(
  scatter: Scatter,
  at: { readonly step: string; readonly scope: Scope },
  facts: Facts,
): readonly Items[] | "open" {
  const lists: [string, readonly Item[]][] = []
  for (const [name, source] of Object.entries(scatter.over)) {
    const items = sourceItems(source, at.scope, facts)
    if (items === "open") return "open"
    lists.push([name, items])
  }
  const cross = scatter.by === "cross"
  const count = cross
    ? lists.reduce((product, [, items]) => product * items.length, 1)
    : Math.max(...lists.map(([, items]) => items.length))
  if (count > MOST_JOBS) throw tooLarge(at.step, count)
  if (!cross) refuseUneven(at.step, lists)
  return Array.from({ length: count }, (_, index) => new Map(cross ? crossed(lists, index) : zipped(lists, index)))
}

export function tooLarge(step: string, count: number): GeartrainError {
  return new GeartrainError(
    "WORKFLOW_TOO_LARGE",
    `Cannot plan step "${step}": with it there are ${count} jobs, and a plan has at most ${MOST_JOBS}`,
    { details: { step, count }, hint: "Narrow the glob, or scatter over less" },
  )
}

function zipped(lists: readonly [string, readonly Item[]][], index: number): readonly [string, Item][] {
  return lists.map(([name, items]) => [name, items[index] as Item])
}

/** The last list turns fastest. */
function crossed(lists: readonly [string, readonly Item[]][], index: number): readonly [string, Item][] {
  let rest = index
  const chosen: [string, Item][] = []
  for (const [name, items] of lists.toReversed()) {
    chosen.push([name, items[rest % items.length] as Item])
    rest = Math.floor(rest / items.length)
  }
  return chosen.reverse()
}

function refuseUneven(step: string, lists: readonly [string, readonly Item[]][]): void {
  const [first, other] = [lists[0], lists.find(([, items]) => items.length !== lists[0]?.[1].length)]
  if (first === undefined || other === undefined) return
  throw new GeartrainError(
    "WORKFLOW_FILES_UNFIT",
    `Cannot plan step "${step}": "${first[0]}" has ${first[1].length} items and "${other[0]}" ${other[1].length}, and its scatter takes the first with the first`,
    {
      details: { step, [first[0]]: first[1].length, [other[0]]: other[1].length },
      hint: "Give lists of one length, or take each with each: by: cross",
    },
  )
}
