import { GeartrainError, isEnded, type JobRecord } from "@geartrain/spec"
import { diffCircumstances, diffInvocations } from "../../provenance/diff-invocations.ts"
import type { EnginePorts } from "../engine-ports.ts"
import { explainInvocations } from "./explain-invocations.ts"
import type { ExplainMeans } from "./explain-means.ts"
import { explainRuns } from "./explain-runs.ts"
import type { Explanation } from "./explanation.ts"
import { outcomeOf, varyingParts } from "./outcome.ts"

/**
 * Finds out why runs of a job differ, by experiments: the job is run again, held to one condition at a time, and what makes the runs agree is
 * the cause. Why two jobs of different invocations differ is found by runs of the one with single values of the other.
 *
 * No record of the jobs is changed; each run is recorded as an experiment of its own.
 *
 * @param b  Another job that is to be explained against the first; absent: the first against its own re-runs.
 * @throws {GeartrainError} JOB_NOT_ENDED; JOB_NOT_REPLAYABLE also for a job that is an experiment itself, and when the user ends it.
 */
export async function explainJob(a: JobRecord, b: JobRecord | undefined, means: ExplainMeans): Promise<Explanation> {
  for (const record of [a, ...(b === undefined ? [] : [b])]) refuseUnfit(record)
  if (b === undefined) return await explainRuns(a, await lastDifferent(a, means.ports), means)
  const told = { components: diffInvocations(a, b), circumstances: diffCircumstances(a, b) }
  if (varyingParts([outcomeOf(a), outcomeOf(b)]).length === 0)
    return { verdict: "same", job: a, pair: [a, b], differing: [], ...told, unavailable: [], runs: 0 }
  if (told.components.length > 0) return await explainInvocations([a, b], told, means)
  return await explainRuns(a, b, means)
}

/** The newest re-run that came out otherwise under the same provider, and is still recorded. */
async function lastDifferent(record: JobRecord, { jobs }: EnginePorts): Promise<JobRecord | undefined> {
  const found = record.history.findLast(
    ({ verdict, provider }) => verdict !== "identical" && provider === record.provider?.name,
  )
  return found?.job === undefined ? undefined : await jobs.get(found.job)
}

function refuseUnfit(record: JobRecord): void {
  if (!isEnded(record.state)) {
    throw new GeartrainError("JOB_NOT_ENDED", `Cannot explain job "${record.id}": it is ${record.state}`, {
      details: { id: record.id, state: record.state },
      hint: `Wait for it: gear logs -f ${record.id}`,
    })
  }
  if (record.conditions === undefined) return
  const held = record.conditions.map(({ says }) => says).join(", ")
  throw new GeartrainError(
    "JOB_NOT_REPLAYABLE",
    `Cannot explain job "${record.id}": it is an experiment itself, held to ${held}`,
    { details: { id: record.id }, hint: `Explain the job that it repeats: gear explain ${record.replayOf ?? "JOB"}` },
  )
}
