import type { Digest, InvocationDigest } from "../identity/digest.ts"
import type { Platform } from "../identity/gear-id.ts"

/** What a run of a probe was held to, the least first. */
export const PROBE_CONDITIONS = ["as-asked", "one-thread", "fixed-clock", "one-thread-and-fixed-clock"] as const

export type ProbeCondition = (typeof PROBE_CONDITIONS)[number]

/** With what a gear answers the same again; from the best to the worst. */
export const BADGE_VERDICTS = [
  "deterministic",
  "one-thread",
  "fixed-clock",
  "one-thread-and-fixed-clock",
  "not-deterministic",
] as const

export type BadgeVerdict = (typeof BADGE_VERDICTS)[number]

/** Of how many tests and answers a badge tells singly; the counts are of all. */
export const MOST_BADGE_TESTS = 100
export const MOST_BADGE_RESULTS = 8

/**
 * What repeating a gear's own tests has shown of whether it answers the same again: the predicate of a signed statement about the gear id.
 * JSON Schema: `BADGE_SCHEMA` in `published/` (`gear schema badge`).
 */
export interface DeterminismBadge {
  readonly name: string
  readonly version: string
  readonly platform: Platform
  readonly verdict: BadgeVerdict
  /** `bytes`: what is the same has the same bytes. `declared`: but for what the gear's manifest declares as free. */
  readonly sameness: "bytes" | "declared"
  /** Of all tests, under all conditions. */
  readonly counts: {
    readonly tests: number
    /** Tests of which a run as asked was not as expected. */
    readonly failedTests: number
    readonly runs: number
    /** Runs that were carried out to no end of the gear's own, and are not among `runs`. */
    readonly undecided: number
  }
  /** Those that failed or answered differently first. */
  readonly tests: readonly ProbedTest[]
  readonly untried: readonly UntriedPart[]
  readonly providers: readonly { readonly name: string; readonly version: string }[]
  /** What of a machine may change an answer. */
  readonly host: {
    readonly architecture: string
    readonly kernel: string
    readonly processor: string
    readonly cpus: number
  }
  readonly engine: { readonly version: string; readonly node: string }
  /** ISO 8601, UTC. */
  readonly at: string
}

/** What came of one test. */
export interface ProbedTest {
  readonly name: string
  /** Of its runs as asked: with it, whoever has the test can tell that it is the same. */
  readonly invocation: InvocationDigest
  /** What its runs as asked were otherwise than expected, a sentence each; none when it is passed. */
  readonly problems: readonly string[]
  readonly conditions: readonly ProbedCondition[]
}

/** What came of one test under one condition, over all providers. */
export interface ProbedCondition {
  readonly condition: ProbeCondition
  readonly runs: number
  readonly undecided: number
  /** How many different answers there were. */
  readonly answers: number
  /** The first of them: digests over the exit code and the outputs' paths and digests. */
  readonly results: readonly Digest[]
}

/** A part of the probe that could not be made. */
export interface UntriedPart {
  /** A condition, or a provider. */
  readonly what: string
  readonly why: string
}
