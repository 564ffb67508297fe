import type { JobRecord } from "@geartrain/spec"

/** How one run came out, in parts that can be compared. */
export interface Outcome {
  readonly job: JobRecord
  /** Of each output, by its path, what it is; and of the run its exit code, as `EXIT`. */
  readonly parts: ReadonlyMap<string, string>
}

/** Stands for the exit code among the paths of outputs, none of which is empty. */
export const EXIT = ""

export function outcomeOf(job: JobRecord): Outcome {
  const files = job.outputs.map(({ path, digest, executable }): [string, string] => [
    path,
    executable === true ? `${digest} executable` : digest,
  ])
  return { job, parts: new Map([[EXIT, String(job.exit?.code ?? "none")], ...files]) }
}

/** The parts that are not the same in all of the outcomes, in the order of their paths. */
export function varyingParts(outcomes: readonly Outcome[]): readonly string[] {
  const paths = new Set(outcomes.flatMap(({ parts }) => [...parts.keys()]))
  return [...paths].filter((path) => new Set(outcomes.map(({ parts }) => parts.get(path))).size > 1).toSorted()
}

/** Puts outcomes that are the same in these parts under one word. */
export function keyOf(outcome: Outcome, parts: readonly string[]): string {
  return JSON.stringify(parts.map((part) => outcome.parts.get(part) ?? null))
}

/** How many different outcomes there are. */
export function countOutcomes(outcomes: readonly Outcome[]): number {
  const parts = varyingParts(outcomes)
  return new Set(outcomes.map((outcome) => keyOf(outcome, parts))).size
}
