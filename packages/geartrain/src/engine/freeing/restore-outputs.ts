import { type Digest, GeartrainError, type JobRecord, type Verification } from "@geartrain/spec"
import { nowIso } from "../../system/clock.ts"
import type { Verified, VerifyOptions } from "../again/verify-job.ts"
import type { EnginePorts } from "../engine-ports.ts"
import type { RestoringStep, WantedOutput } from "./plan-restoring.ts"

/** What came of one step. */
export interface RestoredStep extends Verified {
  /** The job that ran again. */
  readonly record: JobRecord
  readonly restored: readonly WantedOutput[]
  /** Wanted outputs that came out otherwise, with the digest that they have now; without one where they did not come out at all. */
  readonly otherwise: readonly (WantedOutput & { readonly now?: Digest })[]
}

/** Runs one job again and compares it, as `verifyJob`, perhaps under the eyes of somebody. */
export type Verify = (record: JobRecord, options: VerifyOptions) => Promise<Verified>

/**
 * Carries a plan out, step by step, each a verification of its job that is kept in its history. Bytes that come out as they were are stored again.
 *
 * It ends with the step of which something wanted came out otherwise: what would be made from it could not be right.
 */
export async function* restoreOutputs(
  steps: readonly RestoringStep[],
  ports: Pick<EnginePorts, "jobs">,
  verify: Verify,
): AsyncGenerator<RestoredStep> {
  for (const { job, outputs } of steps) {
    const record = await ports.jobs.get(job.id)
    if (record === undefined) throw forgotten(job.id)
    const verified = await verify(record, { wanted: new Set(outputs.map(({ digest }) => digest)) })
    const now = new Map(verified.job.outputs.map(({ path, digest }) => [path, digest]))
    const came = new Set(now.values())
    const restored = outputs.filter(({ digest }) => came.has(digest))
    await ports.jobs.markStored(restored.map(({ digest }) => digest))
    const otherwise = outputs
      .filter(({ digest }) => !came.has(digest))
      .map((output) => {
        const digest = now.get(output.path)
        return digest === undefined ? output : { ...output, now: digest }
      })
    yield { ...verified, record, restored, otherwise }
    if (otherwise.length > 0) return
  }
}

/** Writes to the history of a job that it could not be run again, and what was missing. */
export async function rememberLost(
  error: GeartrainError,
  wanted: readonly WantedOutput[],
  { jobs }: Pick<EnginePorts, "jobs">,
): Promise<void> {
  const [first] = wanted
  if (first === undefined) return
  const verification: Verification = {
    at: nowIso(),
    provider: "",
    verdict: "undecided",
    why: error.message,
    differences: [],
  }
  await jobs.addVerification(first.job, verification)
}

function forgotten(id: string): GeartrainError {
  return new GeartrainError("JOB_NOT_REPLAYABLE", `Cannot run job "${id}" again: its record was removed meanwhile`, {
    details: { id },
  })
}
