import type { Digest } from "../identity/digest.ts"
import type { JsonValue } from "../json/json-value.ts"

/**
 * An example of a gear's, with what has to come of it, as a file in the gear's folder `tests/` says it.
 *
 * @see docs/spec/gear-test.md
 */
export interface GearTest {
  /** Version of the format. */
  readonly test: 1
  /** What the example shows, in a sentence. */
  readonly about?: string
  /** Files by the name of the input, from the folder of the test. */
  readonly inputs?: Readonly<Record<string, string>>
  readonly config?: Readonly<Record<string, JsonValue>>
  /** The exit code that is expected. Default 0. */
  readonly exit?: number
  /** What is expected of each output, by its path. Others may be there, too. */
  readonly outputs?: Readonly<Record<string, ExpectedOutput>>
  /** Texts that the log has to hold, each within one line. */
  readonly log?: readonly string[]
}

/** That it is there, that it is not there, that it is these bytes, or that it is like a file. */
export type ExpectedOutput = "present" | "absent" | Digest | LikeFile

/** A file that the output is like, and in what it may differ. */
export interface LikeFile extends Tolerance {
  /** From the folder of the test. */
  readonly like: string
}

/** In what two texts may differ and still be equivalent. Nothing is tolerated that is not named. */
export interface Tolerance {
  /** Numbers may differ by either. */
  readonly numbers?: { readonly absolute?: number; readonly relative?: number }
  /** Lines that match one of these patterns do not count, on either side. */
  readonly ignore?: readonly string[]
  /** The lines may come in any order. */
  readonly order?: "any"
}
