import type { JsonValue } from "../json/json-value.ts"
import { CATALOGUE, type ErrorCode } from "./catalogue.ts"
import type { Fault, Retry } from "./entry.ts"

/** Registered for the whole process, so that two installed copies of this package know each other's errors. */
const BRAND: unique symbol = Symbol.for("geartrain.error/1")

/** Facts about an error, safe to print and to store. */
export type Details = Readonly<Record<string, JsonValue>>

export interface GeartrainErrorOptions {
  readonly details?: Details
  /** What the reader can do next, as one imperative sentence or one command. */
  readonly hint?: string
  readonly cause?: unknown
}

/**
 * An error that Geartrain expects and explains: a stable code, whose fault it is, and what to do next.
 *
 * The message reads *Cannot ⟨do what⟩ ⟨to what, quoted⟩: ⟨what is the case⟩*.
 *
 * @example
 *   new GeartrainError("BLOB_NOT_FOUND", "Cannot read blob: it is not stored").fault // => "user"
 */
export class GeartrainError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly [BRAND]: true = true
  readonly code: Code
  /** Safe to print and store: never a secret, for the log and the API send it as it is. */
  readonly details: Details
  /** What the reader can do next, as one imperative sentence. */
  readonly hint: string | undefined

  constructor(code: Code, message: string, options: GeartrainErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = "GeartrainError"
    this.code = code
    this.details = options.details ?? {}
    this.hint = options.hint
  }

  get fault(): Fault {
    return CATALOGUE[this.code].fault
  }

  get retry(): Retry {
    return CATALOGUE[this.code].retry
  }
}

/**
 * Tells whether a value is an error of Geartrain's, from this copy of the package or another, and of a given code if one is named.
 *
 * @example
 *   isGeartrainError(new RangeError("no")) // => false
 */
export function isGeartrainError<Code extends ErrorCode>(value: unknown, code?: Code): value is GeartrainError<Code> {
  if (typeof value !== "object" || value === null || !(BRAND in value)) return false
  return code === undefined || (value as GeartrainError).code === code
}
