import type { JobStore, RecordStore } from "@geartrain/ports"
import { type Gear, GeartrainError, isGeartrainError, type JobRecord } from "@geartrain/spec"
import { resolveGear } from "../../engine/gears/resolve-gear.ts"
import { resolveJob } from "../../engine/life/resolve-job.ts"
import { shortId } from "../output/reply.ts"

/** What a word on the command line can mean. */
export type Thing = { readonly kind: "gear"; readonly gear: Gear } | { readonly kind: "job"; readonly job: JobRecord }

/**
 * Finds the job or the gear that a word means.
 *
 * @throws {GeartrainError} GEAR_AMBIGUOUS, JOB_AMBIGUOUS; GEAR_NOT_FOUND when it means neither.
 */
export async function findThing(
  word: string,
  records: { readonly gears: RecordStore; readonly jobs: JobStore },
): Promise<Thing> {
  const job = JOB_LIKE.test(word) ? await findJob(word, records) : undefined
  if (job === undefined) return { kind: "gear", gear: await findGear(word, records) }
  const gears = await records.gears.findGears(word)
  if (gears.length === 0) return { kind: "job", job }
  throw new GeartrainError(
    "GEAR_AMBIGUOUS",
    `Cannot tell what "${word}" is: a job and a gear have an id that begins so`,
    {
      details: { word },
      hint: `Write sha256:${word} for the gear, or more digits: ${shortId(job.id)} for the job`,
    },
  )
}

const JOB_LIKE = /^(latest|[0-9a-f]{4,24})$/

async function findJob(word: string, records: { readonly jobs: JobStore }): Promise<JobRecord | undefined> {
  try {
    return await resolveJob(word, records)
  } catch (error) {
    // No job: then it may be a gear, and the error about that says more.
    if (isGeartrainError(error, "JOB_NOT_FOUND") && word !== "latest") return undefined
    throw error
  }
}

async function findGear(word: string, records: { readonly gears: RecordStore }): Promise<Gear> {
  try {
    return await resolveGear(word, records)
  } catch (error) {
    if (!isGeartrainError(error, "GEAR_NOT_FOUND") || !JOB_LIKE.test(word)) throw error
    throw new GeartrainError(
      "GEAR_NOT_FOUND",
      `Cannot find "${word}": neither a job nor a gear has an id that begins so`,
      {
        details: { word },
        hint: "List them: gear jobs, gear ls",
        cause: error,
      },
    )
  }
}
