import { canonicalJson, GeartrainError, type JsonObject } from "@geartrain/spec"
import { sha256 } from "../../../system/hash.ts"
import { isDuplicate } from "../../database/database-error.ts"
import { makeId } from "../../database/make-id.ts"
import type { JobRow } from "../../database/tables/job-tables.ts"
import type { Caller } from "../../people/caller.ts"
import { needJob } from "../jobs/need-job.ts"
import type { QueuePorts } from "../queue-ports.ts"
import type { JobOrder, OrderOptions } from "./job-order.ts"
import { planJob } from "./plan-job.ts"
import { queueJob } from "./queue-job.ts"

/** What became of an order. */
export interface SubmittedJob {
  readonly job: JobRow
  /** `queued` now; `repeated`: the same key, or the same id, had been used for it before; `reused`: a job that did the same already. */
  readonly how: "queued" | "repeated" | "reused"
  /** A complete job that did the same before. */
  readonly same?: string
}

/**
 * Checks an order and queues its job.
 *
 * @throws {GeartrainError} What `planJob` throws; IDEMPOTENCY_KEY_REUSED; JOB_ID_TAKEN; QUEUE_FULL.
 */
export async function submitJob(
  ports: QueuePorts,
  caller: Caller,
  request: OrderOptions & { readonly order: JobOrder },
): Promise<SubmittedJob> {
  const { order, ...options } = request
  const requestDigest = sha256(Buffer.from(canonicalJson(order as unknown as JsonObject)))
  const asked = { key: options.idempotencyKey, id: order.id, requestDigest }
  const earlier = await findRepeated(ports, caller, asked)
  if (earlier !== undefined) return earlier
  const plan = await planJob(ports, caller, order)
  if (order.reuse === true && plan.same !== undefined) {
    return {
      job: await needJob(ports, caller, { id: plan.same.id, right: "read", action: "job.reuse" }),
      how: "reused",
      same: plan.same.id,
    }
  }
  await refuseTooMany(ports, caller)
  const ids = { job: order.id ?? makeId(), lane: makeId(), requestDigest }
  try {
    const job = await ports.database.write((write) => queueJob(write, plan, { ...options, ports, ids }))
    return { job, how: "queued", ...(plan.same === undefined ? {} : { same: plan.same.id }) }
  } catch (error) {
    // The same key or id came twice at once, and the other one was first.
    const repeated = isDuplicate(error) ? await findRepeated(ports, caller, asked) : undefined
    if (repeated !== undefined) return repeated
    throw error
  }
}

/** What came before under the same key or id. */
interface Repeat {
  readonly key: string | undefined
  readonly id: string | undefined
  readonly requestDigest: string
}

async function findRepeated(ports: QueuePorts, caller: Caller, repeat: Repeat): Promise<SubmittedJob | undefined> {
  return (await findByKey(ports, caller, repeat)) ?? findById(ports, caller, repeat)
}

async function findByKey(
  ports: QueuePorts,
  caller: Caller,
  { key, requestDigest }: Repeat,
): Promise<SubmittedJob | undefined> {
  if (key === undefined) return undefined
  const job = await ports.database.read
    .selectFrom("jobs")
    .selectAll()
    .where("owner", "=", caller.user)
    .where("idempotency_key", "=", key)
    .executeTakeFirst()
  if (job === undefined) return undefined
  if (job.request_digest === requestDigest) return { job, how: "repeated" }
  throw new GeartrainError("IDEMPOTENCY_KEY_REUSED", "Cannot submit the job: its key was used for another job before", {
    details: { job: job.id },
    hint: "Make a new key for each job, and send the same one only to repeat the same request",
  })
}

/** Whose job has the id, and what it is, is told to nobody but who ordered the same before, and may see it still. */
async function findById(
  ports: QueuePorts,
  caller: Caller,
  { id, requestDigest }: Repeat,
): Promise<SubmittedJob | undefined> {
  if (id === undefined) return undefined
  const job = await ports.database.read.selectFrom("jobs").selectAll().where("id", "=", id).executeTakeFirst()
  if (job === undefined) return undefined
  const isSame = job.owner === caller.user && job.request_digest === requestDigest
  if (isSame && (await ports.access.may(caller, "read", job.project))) return { job, how: "repeated" }
  throw new GeartrainError("JOB_ID_TAKEN", `Cannot submit the job: another one has the id "${id}"`, {
    details: { id },
    hint: "Make a new id for each job, and send the same one only to repeat the same order",
  })
}

async function refuseTooMany(ports: QueuePorts, caller: Caller): Promise<void> {
  const most = ports.queueSettings.mostPending
  const { waiting } = await ports.database.read
    .selectFrom("lanes")
    .select(({ fn }) => fn.sum<number>("pending").as("waiting"))
    .where("owner", "=", caller.user)
    .executeTakeFirstOrThrow()
  if (Number(waiting ?? 0) < most) return
  throw new GeartrainError("QUEUE_FULL", `Cannot submit the job: ${most} of yours wait already`, {
    hint: "Wait for some of them to start, or cancel some",
  })
}
