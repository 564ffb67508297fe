import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Deviation, SetResult } from "./case-set.ts"
import { runOwnCases } from "./own-cases.ts"
import { runConfigs, runInvocations } from "./shared-invocations.ts"
import { runMalformed, runPublishedSchemas, runVerdicts } from "./shared-manifests.ts"

const CONFORMANCE = join(import.meta.dirname, "..")

/** Where the public corpus lies, on machines that have it: real manifests with the reference's verdicts, which are others' and not ours to keep. */
export const CORPUS = join(CONFORMANCE, "../../shared/data/flywheel")

/** A deviation that stands, and why. */
export interface KnownDeviation {
  readonly set: string
  readonly name: string
  readonly reason: string
}

export interface ConformanceResult {
  readonly sets: readonly SetResult[]
  /** Deviations that nobody wrote down. */
  readonly unknown: readonly (Deviation & { readonly set: string })[]
  /** Deviations that are written down and are none any more; only of sets that were run. */
  readonly stale: readonly KnownDeviation[]
  readonly leftOut: readonly string[]
}

/** Runs our own cases, and the public corpus where it is there. */
export function runConformance(corpus: string = CORPUS): ConformanceResult {
  const own = [runOwnCases(CONFORMANCE)]
  const shared = existsSync(corpus) ? SHARED_SETS.map((run) => run(corpus)) : []
  const sets = [...own, ...shared]
  const known = knownDeviations()
  const found = sets.flatMap(({ set, deviations }) => deviations.map((deviation) => ({ set, ...deviation })))
  const isOf = (deviation: { set: string; name: string }, other: KnownDeviation) =>
    deviation.set === other.set && deviation.name === other.name
  return {
    sets,
    unknown: found.filter((deviation) => !known.some((other) => isOf(deviation, other))),
    stale: known.filter(
      (other) => sets.some(({ set }) => set === other.set) && !found.some((deviation) => isOf(deviation, other)),
    ),
    leftOut:
      shared.length === 0
        ? ["the public corpus, which is not on this machine"]
        : sets.flatMap(({ leftOut }) => leftOut ?? []),
  }
}

const SHARED_SETS = [runVerdicts, runPublishedSchemas, runMalformed, runInvocations, runConfigs]

export function knownDeviations(): readonly KnownDeviation[] {
  return JSON.parse(readFileSync(join(CONFORMANCE, "deviations.json"), "utf8")) as readonly KnownDeviation[]
}
