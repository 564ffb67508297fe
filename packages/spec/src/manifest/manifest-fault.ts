import type { JsonPath } from "../json/json-path.ts"
import type { JsonValue } from "../json/json-value.ts"
import type { TextEdit } from "../text/text-edit.ts"

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
  /** The change that mends it, where there is just one, and it cannot change what works. */
  readonly mend?: Mend
}

/** A change of a manifest: of the name of the member at the path, of its value, of both (it is removed), or of the text anywhere. */
export type Mend =
  | { readonly kind: "rename"; readonly to: string }
  | { readonly kind: "replace"; readonly value: JsonValue }
  | { readonly kind: "remove" }
  | { readonly kind: "edit"; readonly edit: TextEdit }
