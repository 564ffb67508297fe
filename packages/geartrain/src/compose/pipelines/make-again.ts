import { type Digest, isGeartrainError } from "@geartrain/spec"
import { verifyJob } from "../../engine/again/verify-job.ts"
import { findWanted } from "../../engine/freeing/find-wanted.ts"
import type { Holdings } from "../../engine/freeing/plan-freeing.ts"
import { planPossible, type RestoringStep, type WantedOutput } from "../../engine/freeing/plan-restoring.ts"
import { readAncestry } from "../../engine/freeing/read-ancestry.ts"
import { lookAround } from "../../engine/freeing/read-holdings.ts"
import { type RestoredStep, restoreOutputs } from "../../engine/freeing/restore-outputs.ts"
import type { BringBackMeans } from "../../workflows/pipelines/run/bring-back.ts"
import type { Engine } from "../open-engine.ts"

/** What is told while bytes are made again. */
export interface MakingAgain {
  readonly onPlan: (steps: readonly RestoringStep[]) => void
  readonly onStep: (done: RestoredStep) => void
}

/**
 * Makes bytes again as `gear restore` does: the jobs that gave them run from their records, each a verification that is kept in its history, and only
 * what comes out with the digest of the record is stored.
 */
export function makerAgain(engine: Engine, told: MakingAgain): BringBackMeans["makeAgain"] {
  return async (digests, watching) => {
    const lost = new Map<Digest, string>()
    const wanted = await wantedOf(digests, { engine, lost })
    const { jobs, stored: before } = await readAncestry(wanted, engine, {})
    const stored = new Map(before)
    /** Jobs that did not give the same again. */
    const unfit = new Set<string>()
    for (let open = wanted; open.length > 0; ) {
      const holdings: Pick<Holdings, "jobs" | "stored"> = { jobs: jobs.filter(({ id }) => !unfit.has(id)), stored }
      const { steps, impossible } = await planPossible(open, holdings, lookAround(engine))
      for (const [digest, why] of impossible) if (!lost.has(digest)) lost.set(digest, why)
      if (steps.length > 0) told.onPlan(steps)
      for (const step of steps) {
        const why = await carryOut(step, { engine, told, stored, watching })
        watching.signal?.throwIfAborted()
        if (why === undefined) continue
        unfit.add(step.job.id)
        for (const { digest } of step.outputs) if (!stored.has(digest)) lost.set(digest, why)
        // What would be made from it has to be planned anew.
        break
      }
      open = open.filter(({ digest }) => !stored.has(digest) && !lost.has(digest))
    }
    return new Map([...lost].filter(([digest]) => digests.includes(digest)))
  }
}

async function wantedOf(
  digests: readonly Digest[],
  { engine, lost }: { readonly engine: Engine; readonly lost: Map<Digest, string> },
): Promise<readonly WantedOutput[]> {
  const wanted: WantedOutput[] = []
  for (const digest of digests) {
    try {
      wanted.push(...((await findWanted(digest, engine)) ?? []))
    } catch (error) {
      if (!isGeartrainError(error, "OUTPUT_NOT_FOUND")) throw error
      lost.set(digest, "no recorded job gave it")
    }
  }
  return wanted
}

interface Carrying {
  readonly engine: Engine
  readonly told: MakingAgain
  readonly stored: Map<Digest, number>
  readonly watching: Parameters<BringBackMeans["makeAgain"]>[1]
}

/** @returns why some of it is not there again. */
async function carryOut(
  step: RestoringStep,
  { engine, told, stored, watching }: Carrying,
): Promise<string | undefined> {
  try {
    for await (const done of restoreOutputs([step], engine, (record, options) =>
      verifyJob(record, engine, { ...watching, ...options }),
    )) {
      told.onStep(done)
      for (const { digest, sizeBytes } of done.restored) stored.set(digest, sizeBytes)
      if (done.otherwise.length > 0) return `job ${step.job.id} gave other bytes when it was run again`
    }
    return undefined
  } catch (error) {
    if (!isGeartrainError(error, "JOB_NOT_REPLAYABLE")) throw error
    return `job ${step.job.id} could not be run again (${error.message})`
  }
}
