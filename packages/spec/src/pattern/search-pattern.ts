import type { Instruction } from "./compile-pattern.ts"
import type { StepBudget } from "./step-budget.ts"

/** One search of a pattern in one text. */
export class PatternSearch {
  readonly #program: readonly Instruction[]
  readonly #text: Uint32Array
  readonly #budget: StepBudget
  /** Answers of look-arounds, by instruction and place: each is worked out once. */
  readonly #looks = new Map<number, boolean>()

  constructor(program: readonly Instruction[], text: string, budget: StepBudget) {
    budget.spend(text.length)
    this.#program = program
    this.#text = Uint32Array.from(text, (character) => character.codePointAt(0) ?? 0)
    this.#budget = budget
  }

  search(): boolean {
    return this.#run(0, 0, { everywhere: true })
  }

  /**
   * Follows all ways through the program at once, one character after the other.
   *
   * @param how  `everywhere`: a match may begin at any later place too. `end`: it has to end there.
   */
  #run(start: number, from: number, how: { readonly everywhere?: true; readonly end?: number }): boolean {
    const ways = new Ways(this.#program.length)
    this.#budget.spend(1 + (this.#program.length >> 4))
    ways.add(start)
    for (let place = from; ; place++) {
      if (this.#advance(ways, place) && (how.end === undefined || how.end === place)) return true
      if (place >= this.#text.length || place === how.end || (ways.sets.length === 0 && !how.everywhere)) return false
      this.#step(ways, this.#text[place] ?? 0)
      if (how.everywhere) ways.add(start)
    }
  }

  /** Goes on to the instructions that take a character. Answers whether the end of the program was reached. */
  #advance(ways: Ways, place: number): boolean {
    let matched = false
    for (let index = ways.pending.pop(); index !== undefined; index = ways.pending.pop()) {
      this.#budget.spend(1)
      const instruction = this.#program[index]
      switch (instruction?.op) {
        case "match":
          matched = true
          break
        case "set":
          ways.sets.push(index)
          break
        case "jump":
          ways.add(instruction.to)
          break
        case "split":
          ways.add(instruction.first)
          ways.add(instruction.second)
          break
        case "anchor":
          if (this.#holds(instruction, place)) ways.add(index + 1)
          break
        case "look":
          if (this.#look(index, instruction, place) !== instruction.negated) ways.add(instruction.next)
          break
      }
    }
    return matched
  }

  #step(ways: Ways, code: number): void {
    const sets = ways.sets
    ways.restart()
    this.#budget.spend(sets.length)
    for (const index of sets) {
      const instruction = this.#program[index]
      if (instruction?.op === "set" && instruction.matches(code)) ways.add(index + 1)
    }
  }

  #look(index: number, look: Instruction & { readonly op: "look" }, place: number): boolean {
    const key = index * (this.#text.length + 1) + place
    const known = this.#looks.get(key)
    if (known !== undefined) return known
    const from = place - (look.behind ?? 0)
    const found = from >= 0 && this.#run(index + 1, from, look.behind === undefined ? {} : { end: place })
    this.#looks.set(key, found)
    return found
  }

  #holds({ anchor, isWord }: Instruction & { readonly op: "anchor" }, place: number): boolean {
    const text = this.#text
    const last = text.length
    switch (anchor) {
      case "text-start":
        return place === 0
      case "text-end":
        return place === last
      case "text-end-or-final-line-feed":
        return place === last || (place === last - 1 && text[place] === LINE_FEED)
      case "line-start":
        return place === 0 || text[place - 1] === LINE_FEED
      case "line-end":
        return place === last || text[place] === LINE_FEED
      case "word-boundary":
        return isBoundary(text, place, isWord)
      case "no-word-boundary":
        // In an empty text Python finds neither, up to 3.13.
        return last > 0 && !isBoundary(text, place, isWord)
    }
  }
}

const LINE_FEED = 0x0a

function isBoundary(text: Uint32Array, place: number, isWord: (code: number) => boolean): boolean {
  const before = place > 0 && isWord(text[place - 1] ?? 0)
  const after = place < text.length && isWord(text[place] ?? 0)
  return before !== after
}

/** The places in the program that are reached at one place of the text, each once. */
class Ways {
  /** Instructions still to be looked at. */
  readonly pending: number[] = []
  /** Instructions that wait for a character. */
  sets: number[] = []
  readonly #seen: Uint32Array
  #round = 1

  constructor(instructions: number) {
    this.#seen = new Uint32Array(instructions)
  }

  add(instruction: number): void {
    if (this.#seen[instruction] === this.#round) return
    this.#seen[instruction] = this.#round
    this.pending.push(instruction)
  }

  restart(): void {
    this.#round++
    this.sets = []
  }
}
