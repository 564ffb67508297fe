import { canonicalJson, type Digest, type GearManifest, type JobId, type JobRecord } from "@geartrain/spec"
import type { Stores } from "../../../engine/engine-ports.ts"
import { areEquivalent } from "../../../engine/proof/judge-differences.ts"
import { compareOutputs } from "../../../provenance/compare-outputs.ts"
import { sha256 } from "../../../system/hash.ts"

/** The different answers of one test, in the order in which they were found. */
export class AnswerBook {
  readonly #manifest: GearManifest
  readonly #answers: JobRecord[] = []
  #isTolerant = false

  constructor(manifest: GearManifest) {
    this.#manifest = manifest
  }

  /** Some that count as one answer differ in what the manifest declares as free. */
  get isTolerant(): boolean {
    return this.#isTolerant
  }

  /** The number of the answer that a job gave: of the first that it is like, or a new one. */
  async numberOf(job: JobRecord, stores: Pick<Stores, "blobs">): Promise<number> {
    const known = this.#answers.findIndex((answer) => resultOf(answer) === resultOf(job))
    if (known !== -1) return known
    for (const [number, answer] of this.#answers.entries()) {
      if (answer.exit?.code !== job.exit?.code) continue
      if (!(await areEquivalent(compareOutputs(answer, job), this.#manifest, stores))) continue
      this.#isTolerant = true
      return number
    }
    return this.#answers.push(job) - 1
  }

  /** The jobs that gave the first answers. */
  examples(): readonly JobId[] {
    return this.#answers.map(({ id }) => id)
  }

  /** What a badge says of an answer. */
  result(number: number): Digest {
    return resultOf(this.#answers[number] as JobRecord)
  }
}

/**
 * One digest over all that a job answered: the exit code, and its outputs in the order of their paths.
 *
 * @see docs/spec/badge.md, "Results"
 */
export function resultOf({ exit, outputs }: Pick<JobRecord, "exit" | "outputs">): Digest {
  const files = outputs
    .map(({ path, digest, executable }) => ({ path, digest, executable: executable === true }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
  return sha256(Buffer.from(canonicalJson({ exit: exit?.code ?? null, outputs: files })))
}
