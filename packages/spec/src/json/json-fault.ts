import type { TextEdit } from "../text/text-edit.ts"
import type { TextPosition } from "../text/text-position.ts"

/** What is wrong with a text that should be JSON, by a stable word. */
export type JsonFaultKind =
  | "bad-character"
  | "bad-colon"
  | "bad-escape"
  | "bad-key"
  | "bad-number"
  | "bad-space"
  | "bare-word"
  | "byte-order-mark"
  | "comment"
  | "control-character"
  | "curly-quotes"
  | "duplicate-key"
  | "empty"
  | "extra-text"
  | "lone-surrogate"
  | "missing-comma"
  | "missing-value"
  | "not-json"
  | "not-utf-8"
  | "number-not-exact"
  | "number-too-large"
  | "single-quotes"
  | "too-deep"
  | "too-large"
  | "too-many-faults"
  | "too-many-values"
  | "trailing-comma"
  | "unclosed"

/** One thing that is wrong with a text, where, and what would mend it. */
export interface JsonFault extends TextPosition {
  readonly kind: JsonFaultKind
  /** What is the case, as part of a sentence: lower case first, no full stop. */
  readonly problem: string
  /** What to do, as one imperative sentence without full stop. */
  readonly fix: string
  /** The change that does it, where there is just one, and it loses nothing. */
  readonly edit?: TextEdit
}

/** What is told of a fault beside its kind and place. */
export type JsonFaultText = Pick<JsonFault, "problem" | "fix" | "edit">
