import type { StepBudget } from "../../pattern/step-budget.ts"
import type { GlobInstruction } from "./compile-glob.ts"

/**
 * One match of a glob with one path. Ways are tried in order, the longest of a star first, as regular expressions do; but none twice from the
 * same instruction and place: what failed there once fails again. So the work is bounded by the length of the program times that of the path.
 */
export class GlobMatch {
  readonly #program: readonly GlobInstruction[]
  readonly #path: string
  readonly #budget: StepBudget
  /** Where the alternatives of a `not` may end, by instruction and place. */
  readonly #ends = new Map<number, ReadonlySet<number>>()

  constructor(program: readonly GlobInstruction[], path: string, budget: StepBudget) {
    this.#program = program
    this.#path = path
    this.#budget = budget
  }

  /** @param slots  How many places are noted. @returns them, `-1` where a group took no part; or nothing where it does not match. */
  places(slots: number): readonly number[] | undefined {
    const places = new Array<number>(slots).fill(-1)
    return this.#follow({ start: 0, from: 0 }, { places, ended: (place) => place === this.#path.length })
      ? places
      : undefined
  }

  /** Follows the program until `ended` is content with a place at which it can end. */
  #follow(
    at: { readonly start: number; readonly from: number },
    goal: { readonly places: number[]; readonly ended: (place: number) => boolean },
  ): boolean {
    const width = this.#path.length + 1
    const seen = new Set<number>()
    // Pairs of an instruction and a place; or, with -1 - slot first, what a slot held before, to be put back.
    const pending: number[] = [at.start, at.from]
    while (pending.length > 0) {
      const place = pending.pop() ?? 0
      const index = pending.pop() ?? 0
      this.#budget.spend(1)
      if (index < 0) {
        goal.places[-1 - index] = place
        continue
      }
      const key = index * width + place
      if (seen.has(key)) continue
      seen.add(key)
      if (this.#step(index, place, { pending, ...goal })) return true
    }
    return false
  }

  #step(
    index: number,
    place: number,
    way: { readonly pending: number[]; readonly places: number[]; readonly ended: (place: number) => boolean },
  ): boolean {
    const { pending, places } = way
    const instruction = this.#program[index]
    switch (instruction?.op) {
      case "match":
        return way.ended(place)
      case "jump":
        pending.push(instruction.to, place)
        return false
      case "split":
        pending.push(instruction.second, place, instruction.first, place)
        return false
      case "text":
        if (this.#path.startsWith(instruction.text, place)) pending.push(index + 1, place + instruction.text.length)
        return false
      case "set": {
        const code = this.#path.codePointAt(place)
        if (code !== undefined && instruction.matches(code)) pending.push(index + 1, place + widthOf(code))
        return false
      }
      case "save":
        pending.push(-1 - instruction.slot, places[instruction.slot] ?? -1, index + 1, place)
        places[instruction.slot] = place
        return false
      case "not":
        for (const end of this.#endsOfOthers(index, place)) pending.push(instruction.next, end)
        return false
      default:
        throw new RangeError(`A glob has no instruction ${index}`)
    }
  }

  /** All places in the name, from this one on, at which the alternatives do not end; the farthest last, as that is tried first. */
  #endsOfOthers(index: number, place: number): readonly number[] {
    const taken = this.#endsOf(index, place)
    const ends: number[] = []
    for (let end = place; ; end += widthOf(this.#path.codePointAt(end) ?? 0)) {
      this.#budget.spend(1)
      if (!taken.has(end)) ends.push(end)
      if (end >= this.#path.length || this.#path[end] === "/") return ends
    }
  }

  #endsOf(index: number, place: number): ReadonlySet<number> {
    const key = index * (this.#path.length + 1) + place
    const known = this.#ends.get(key)
    if (known !== undefined) return known
    const ends = new Set<number>()
    const goal = {
      // Groups within a `not` catch nothing.
      places: [],
      ended: (end: number) => {
        ends.add(end)
        return false
      },
    }
    this.#follow({ start: index + 1, from: place }, goal)
    this.#ends.set(key, ends)
    return ends
  }
}

function widthOf(code: number): number {
  return code > 0xffff ? 2 : 1
}
