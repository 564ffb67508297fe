import type { JsonValue } from "../json/json-value.ts"

/** Whether a step runs: about parameters, items of its scatter, and whether files came out. */
export type StepCondition =
  | { readonly all: readonly StepCondition[] }
  | { readonly any: readonly StepCondition[] }
  | { readonly not: StepCondition }
  | ValueCondition
  | { readonly exists: string }

/** A value (`parameters.NAME`, `each.NAME`, `each.NAME.1`) compared with another. */
export interface ValueCondition {
  readonly value: string
  readonly equals?: JsonValue
  readonly in?: readonly JsonValue[]
  readonly atLeast?: number
  readonly atMost?: number
  /** A glob over the whole text. */
  readonly fits?: string
}
