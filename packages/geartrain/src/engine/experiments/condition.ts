import type { BoxConstraint } from "@geartrain/ports"
import type { JobId, JsonObject } from "@geartrain/spec"

/**
 * What experiments can hold still, the likeliest cause of a difference first. Hashes come before seeds: what they begin with is chance, too,
 * and the narrower answer is the better one.
 */
export const CONDITION_NAMES = [
  "threads",
  "clock",
  "source-date",
  "hash",
  "addresses",
  "seed",
  "path",
  "time-zone",
  "locale",
] as const

export type ConditionName = (typeof CONDITION_NAMES)[number]

/**
 * One thing that a run is held to, as data: what is changed in the gear's config, its environment and its box, and nowhere else. The gear's own
 * files are never changed.
 */
export interface Condition {
  readonly name: ConditionName
  /** Ends a sentence: `identical with one thread`. */
  readonly says: string
  /** Values of the gear's config that it sets, by name. */
  readonly config?: JsonObject
  /** Variables that it sets, over those of the gear. */
  readonly environment?: Readonly<Record<string, string>>
  /** A shared library of this machine that the gear's programs load before their own. Absolute path. */
  readonly preload?: string
  readonly constraints?: readonly BoxConstraint[]
  /** The job that the gear is told it is, in whose folder it works. */
  readonly seenAs?: JobId
}

/** A condition that cannot be had here, or with this gear. */
export interface UnavailableCondition {
  readonly name: ConditionName
  /** Ends a sentence. */
  readonly why: string
}
