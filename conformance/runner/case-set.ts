/** What one set of cases came to. */
export interface SetResult {
  readonly set: string
  readonly cases: number
  /** Cases that did not come out as expected, by name. */
  readonly deviations: readonly Deviation[]
  /** What was left out, and why; empty when nothing was. */
  readonly leftOut?: string
}

export interface Deviation {
  readonly name: string
  readonly why: string
}

/** Counts the cases of a set, and keeps those that deviate. */
export class SetCounter {
  readonly #set: string
  readonly #deviations: Deviation[] = []
  #cases = 0

  constructor(set: string) {
    this.#set = set
  }

  /** Compares what came out with what should have, as JSON. */
  expect(name: string, found: unknown, wanted: unknown): void {
    this.#cases += 1
    const [foundText, wantedText] = [JSON.stringify(found) ?? "nothing", JSON.stringify(wanted) ?? "nothing"]
    if (foundText !== wantedText)
      this.#deviations.push({ name, why: `found ${cut(foundText)}, wanted ${cut(wantedText)}` })
  }

  result(leftOut?: string): SetResult {
    const result = { set: this.#set, cases: this.#cases, deviations: this.#deviations }
    return leftOut === undefined ? result : { ...result, leftOut }
  }
}

function cut(text: string): string {
  return text.length <= 400 ? text : `${text.slice(0, 397)}…`
}
