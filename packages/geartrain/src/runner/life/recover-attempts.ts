import type { JobRecord } from "@geartrain/spec"
import { reconcileJobs } from "../../engine/life/reconcile-jobs.ts"
import { type AttemptFolder, type AttemptNote, foundAttempts } from "../attempt/attempt-folder.ts"
import type { RunnerPorts } from "../runner-ports.ts"

/** An attempt that the runner had before it was ended. */
export interface FoundAttempt {
  readonly folder: AttemptFolder
  readonly note: AttemptNote
  /** Of the job, when its gear had ended: then it has only to be told. */
  readonly record: JobRecord | undefined
}

/**
 * Looks at what an earlier life of this runner has left. Nothing is remembered but what lies on the disk: the folders name the attempts, and the
 * engine's records say of each whether its gear had ended. A gear does not outlive its runner, so one that had not is to be run again.
 */
export async function recoverAttempts({
  engine,
  attemptsFolder,
}: Pick<RunnerPorts, "engine" | "attemptsFolder">): Promise<readonly FoundAttempt[]> {
  const lost = new Set(await reconcileJobs(engine))
  const found: FoundAttempt[] = []
  for (const folder of await foundAttempts(attemptsFolder)) {
    const note = await folder.note()
    if (note === undefined) {
      await folder.remove()
      continue
    }
    const record = await engine.jobs.get(note.job)
    const hadEnded = record?.failure?.reason !== "ENGINE_LOST" && record?.state !== "running"
    found.push({ folder, note, record: hadEnded ? record : undefined })
    lost.delete(note.job)
  }
  // Attempts that were over, killed while their traces were removed.
  for (const job of lost) await engine.jobs.remove(job)
  return found
}
