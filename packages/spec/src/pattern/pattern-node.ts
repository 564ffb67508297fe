/** Tells whether a code point belongs to a set. */
export type CharacterSet = (codePoint: number) => boolean

export type Anchor =
  | "text-start"
  | "text-end"
  /** Python's `$`: at the end, and before a line feed that is the last character. */
  | "text-end-or-final-line-feed"
  | "line-start"
  | "line-end"
  | "word-boundary"
  | "no-word-boundary"

/** A pattern as a tree. What a group captures is not in it, for only whether there is a match is ever asked. */
export type PatternNode =
  | { readonly kind: "set"; readonly matches: CharacterSet }
  | { readonly kind: "sequence"; readonly parts: readonly PatternNode[] }
  | { readonly kind: "choice"; readonly branches: readonly PatternNode[] }
  | { readonly kind: "repeat"; readonly body: PatternNode; readonly min: number; readonly max: number }
  | { readonly kind: "anchor"; readonly anchor: Anchor; readonly isWord: CharacterSet }
  /** `behind` is the number of characters that a look-behind goes back. */
  | { readonly kind: "look"; readonly negated: boolean; readonly body: PatternNode; readonly behind?: number }

/** Why a text is not taken as a pattern. */
export class PatternProblem extends Error {
  /** `invalid`: Python refuses it too. `unsupported`: it is one, and cannot be matched in bounded time. */
  readonly kind: "invalid" | "unsupported"

  constructor(kind: "invalid" | "unsupported", problem: string) {
    super(problem)
    this.kind = kind
  }
}

/** The fewest and the most characters that a pattern can match. */
export function widthOf(node: PatternNode): { readonly min: number; readonly max: number } {
  switch (node.kind) {
    case "set":
      return { min: 1, max: 1 }
    case "anchor":
    case "look":
      return { min: 0, max: 0 }
    case "sequence": {
      const widths = node.parts.map(widthOf)
      return { min: sum(widths.map((width) => width.min)), max: sum(widths.map((width) => width.max)) }
    }
    case "choice": {
      const widths = node.branches.map(widthOf)
      return { min: Math.min(...widths.map((width) => width.min)), max: Math.max(...widths.map((width) => width.max)) }
    }
    case "repeat": {
      const width = widthOf(node.body)
      // A body that matches nothing but the empty text stays empty however often: 0 × ∞ is 0 here.
      return { min: width.min * node.min, max: width.max === 0 ? 0 : width.max * node.max }
    }
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
