import { delay } from "../../../system/clock.ts"
import type { Write } from "../../database/database.ts"
import { EVENTS_TOPIC } from "../../database/events/server-event.ts"
import { endedState, isOpen, readAccounts } from "../accounts/batch-accounts.ts"
import type { BatchPorts } from "../batch-ports.ts"
import type { StoredBatch } from "../server-batch.ts"
import { cancelJobs } from "./cancel-batch.ts"
import { submitJobs } from "./submit-jobs.ts"

const LONGEST_WAIT_MS = 60_000
/** Many jobs end in a second: their batches are looked at once for all of them. */
const PAUSE_MS = 250
/** After an error, such as a database that does not answer. */
const ERROR_PAUSE_MS = 2_000

/**
 * Carries batches on, until `signal` is aborted: submits, cancels, and finds out how they end. Begins with those that another process left.
 *
 * @param options.report  Told of what stopped a step: it is tried again.
 */
export async function runBatches(
  ports: BatchPorts,
  options: { readonly signal: AbortSignal; readonly report: (error: unknown, batch?: string) => void },
): Promise<void> {
  const { signal, report } = options
  const pause = (ms: number): Promise<void> =>
    delay(ms, signal).catch(() => {
      // Aborted: the loop ends.
    })
  while (!signal.aborted) {
    try {
      if (await stepBatches(ports, report)) continue
      const enough = new AbortController()
      const until = AbortSignal.any([signal, enough.signal])
      const woken = ports.database.signals.wait([EVENTS_TOPIC], { timeoutMs: LONGEST_WAIT_MS, signal: until })
      if (await stepBatches(ports, report)) enough.abort()
      await woken
      await pause(PAUSE_MS)
    } catch (error) {
      if (signal.aborted) return
      report(error)
      await pause(ERROR_PAUSE_MS)
    }
  }
}

/**
 * One step of every batch that runs. What stops one stops no other.
 *
 * @returns Whether there may be more.
 */
export async function stepBatches(
  ports: BatchPorts,
  report: (error: unknown, batch: string) => void,
): Promise<boolean> {
  const running = await ports.database.read
    .selectFrom("batches")
    .selectAll()
    .where("state", "=", "running")
    .orderBy("id")
    .execute()
  let more = false
  for (const batch of running) {
    try {
      more = (await stepBatch(ports, batch)) || more
    } catch (error) {
      report(error, batch.id)
    }
  }
  return more
}

async function stepBatch(ports: BatchPorts, batch: StoredBatch): Promise<boolean> {
  const isCancelling = batch.cancel_requested_ms !== null
  if (isCancelling ? await cancelJobs(ports, batch) : await submitJobs(ports, batch)) return true
  const accounts = await readAccounts(ports.database.read, batch.id)
  // What was not submitted before the batch was cancelled never is.
  if (isOpen(isCancelling ? { ...accounts, notSubmitted: 0 } : accounts)) return false
  const state = endedState(accounts, isCancelling)
  await ports.database.write(async (write) => {
    const moved = await write.sql
      .updateTable("batches")
      .set({ state, ended_ms: ports.now(), revision: batch.revision + 1 })
      .where("id", "=", batch.id)
      .where("state", "=", "running")
      .where("revision", "=", batch.revision)
      .executeTakeFirst()
    if (moved.numUpdatedRows === 0n) return
    if (isCancelling) await refuseRest(write, batch.id)
    const data = { state, jobs: { ...accounts.jobs }, refused: accounts.refused, notSubmitted: accounts.notSubmitted }
    await write.event({ kind: "batch.changed", subject: batch.id, project: batch.project, data })
  })
  return false
}

/** Targets that the end of the batch came before: they are told as that, and somebody may have them run later. */
async function refuseRest(write: Write, batch: string): Promise<void> {
  await write.sql
    .updateTable("batch_targets")
    .set({ refused_code: "CANCELLED", refused_says: "The batch was cancelled before a job was submitted" })
    .where("batch", "=", batch)
    .where("outcome", "=", "will-run")
    .where("job", "is", null)
    .where("refused_code", "is", null)
    .execute()
}
