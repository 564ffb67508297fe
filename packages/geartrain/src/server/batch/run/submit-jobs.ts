import { GeartrainError, isGeartrainError, type JsonObject, type Limits } from "@geartrain/spec"
import type { Caller } from "../../people/caller.ts"
import { readAccounts } from "../accounts/batch-accounts.ts"
import type { BatchPorts } from "../batch-ports.ts"
import type { BatchRequest } from "../batch-request.ts"
import { orderOf } from "../preflight/propose-batch.ts"
import type { BatchTarget, StoredBatch, StoredTarget } from "../server-batch.ts"

/** Targets whose jobs are kept in one transaction. */
const TARGETS_AT_ONCE = 25

/** What somebody changed for another try. */
export interface TryChanges {
  readonly config?: JsonObject | undefined
  readonly limits?: Limits | undefined
}

/**
 * Submits jobs for the next targets that have none. Each try of a target has a key of its own: whoever is interrupted submits again, and gets the
 * same jobs.
 *
 * @returns Whether there may be more.
 * @throws {GeartrainError} what does not depend on the target and may pass: the database does not answer, the owner has too many jobs waiting.
 */
export async function submitJobs(ports: BatchPorts, batch: StoredBatch): Promise<boolean> {
  const targets = await ports.database.read
    .selectFrom("batch_targets")
    .selectAll()
    .where("batch", "=", batch.id)
    .where("outcome", "=", "will-run")
    .where("job", "is", null)
    .where("refused_code", "is", null)
    .orderBy("n")
    .limit(TARGETS_AT_ONCE)
    .execute()
  if (targets.length === 0) return false
  const owner = await ports.access.callerFor(batch.owner)
  const submitted: Submitted[] = []
  try {
    for (const target of targets) submitted.push({ target, ...(await submitOne(ports, owner, { batch, target })) })
  } finally {
    // What was submitted before something came in the way is kept.
    if (submitted.length > 0) await keepJobs(ports, batch, submitted)
  }
  return targets.length === TARGETS_AT_ONCE
}

interface Submitted {
  readonly target: StoredTarget
  readonly job?: string
  readonly refused?: { readonly code: string; readonly says: string }
}

async function submitOne(
  ports: BatchPorts,
  owner: Caller | undefined,
  { batch, target }: { readonly batch: StoredBatch; readonly target: StoredTarget },
): Promise<Omit<Submitted, "target">> {
  try {
    if (owner === undefined) {
      throw new GeartrainError(
        "NOT_PERMITTED",
        `Cannot submit the job: ${batch.owner}, whose batch it is, is not known any more`,
      )
    }
    const asked = JSON.parse(batch.request) as BatchRequest
    const changes = target.changes === null ? {} : (JSON.parse(target.changes) as TryChanges)
    const request = {
      ...asked,
      config: { ...asked.config, ...changes.config },
      ...(changes.limits === undefined ? {} : { limits: { ...asked.limits, ...changes.limits } }),
    }
    const inputs = JSON.parse(target.inputs) as BatchTarget["inputs"]
    const order = orderOf({ gear: batch.gear, place: target.place, request, inputs })
    const job = await ports.desk.submit(owner, order, {
      origin: { type: "batch", id: batch.id },
      batch: batch.id,
      idempotencyKey: `batch:${batch.id}:${target.n}:${target.tries + 1}`,
    })
    return { job }
  } catch (error) {
    if (!isGeartrainError(error) || error.retry === "later") throw error
    return { refused: { code: error.code, says: error.message } }
  }
}

async function keepJobs(ports: BatchPorts, batch: StoredBatch, submitted: readonly Submitted[]): Promise<void> {
  await ports.database.write(async (write) => {
    let kept = 0
    for (const { target, job, refused } of submitted) {
      const taken = await write.sql
        .updateTable("batch_targets")
        .set({
          job: job ?? null,
          tries: target.tries + (job === undefined ? 0 : 1),
          refused_code: refused?.code ?? null,
          refused_says: refused?.says ?? null,
        })
        .where("batch", "=", batch.id)
        .where("n", "=", target.n)
        .where("job", "is", null)
        .where("tries", "=", target.tries)
        .executeTakeFirst()
      // Another server kept the same job already.
      if (taken.numUpdatedRows === 0n || job === undefined) continue
      kept++
      await write.sql
        .insertInto("batch_jobs")
        .values({ batch: batch.id, n: target.n, try: target.tries + 1, job })
        .execute()
    }
    if (kept === 0) return
    const { notSubmitted, outcomes } = await readAccounts(write.sql, batch.id)
    const data = { submitted: outcomes["will-run"] - notSubmitted, of: outcomes["will-run"] }
    await write.event({ kind: "batch.progress", subject: batch.id, project: batch.project, data })
  })
}
