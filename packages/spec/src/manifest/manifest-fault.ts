import type { JsonPath } from "../json/json-path.ts"

/** One thing that is wrong with a gear manifest: where, what, and what would mend it. */
export interface ManifestFault {
  /** The place as a JSON pointer, `/` for the whole. */
  readonly where: string
  readonly path: JsonPath
  /** From 1. */
  readonly line: number
  /** From 1, in characters. */
  readonly column: number
  /** What is the case, as part of a sentence: lower case first, no full stop. */
  readonly problem: string
  /** What to do, as one imperative sentence without full stop. */
  readonly fix: string
  /** The rule that is broken, by a stable word: a keyword of JSON Schema, a kind of `JsonFaultKind`, or a word of `lint-manifest.ts`. */
  readonly keyword: string
  /**
   * `error`: certainly wrong; a gear with it should not be imported. `warning`: probably not what was meant.
   *
   * What breaks the specification is always an error. The specification also lets through what cannot be right, such as a default that its own
   * enum excludes: that is an error among the warnings of a valid manifest, so that verdicts stay those of the specification and callers choose.
   */
  readonly severity: "error" | "warning"
}
