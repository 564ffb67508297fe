import type { Write } from "../../database/database.ts"
import type { JobRow } from "../../database/tables/job-tables.ts"
import type { QueuePorts } from "../queue-ports.ts"
import { countInLane, openLane } from "../states/lanes.ts"
import { noteTransition } from "../states/move-job.ts"
import { resourcesText } from "./ask-resources.ts"
import type { OrderOptions, PlannedJob } from "./job-order.ts"

/** Ids that a job is queued under: made before the transaction, which may be run again. */
export interface NewIds {
  readonly job: string
  /** Of its lane, if that is a new one. */
  readonly lane: string
  readonly requestDigest: string
}

/** Queues a planned job in a transaction that may queue others, or do more. */
export async function queueJob(
  write: Write,
  plan: PlannedJob,
  options: OrderOptions & { readonly ports: QueuePorts; readonly ids: NewIds },
): Promise<JobRow> {
  const { ports, ids } = options
  const nowMs = ports.now()
  const { owner, place } = plan
  const resources = resourcesText(plan.resources)
  const lane = await openLane(write, { owner, project: place.project, group: place.group, resources }, ids.lane)
  const row = await write.sql
    .insertInto("jobs")
    .values({
      id: ids.job,
      project: place.project,
      destination_type: place.type,
      destination_id: place.id,
      gear: plan.gear.id,
      gear_name: plan.gear.name,
      gear_version: plan.gear.version,
      state: "pending",
      priority: plan.priority,
      tags: JSON.stringify(plan.tags),
      label: plan.label ?? null,
      config: JSON.stringify(plan.invocation.config),
      inputs: JSON.stringify(plan.inputs),
      by_content: Number(plan.isByContent),
      contexts: JSON.stringify(contextsOf(plan)),
      keys: JSON.stringify(plan.keys),
      network: plan.invocation.network,
      invocation_digest: plan.invocationDigest,
      reuse_digest: plan.reuseDigest,
      limits: JSON.stringify(plan.limits),
      resources,
      lane,
      owner,
      origin_type: options.origin?.type ?? "user",
      origin_id: options.origin?.id ?? null,
      batch: options.batch ?? null,
      attempt: 1,
      most_attempts: ports.queueSettings.mostAttempts,
      created_ms: nowMs,
      queued_ms: nowMs,
      outputs: "[]",
      idempotency_key: options.idempotencyKey ?? null,
      request_digest: ids.requestDigest,
      revision: 1,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await countInLane(write, lane, { pending: 1, running: 0 })
  await keepTags(write, row, plan.tags)
  await keepInputs(write, row.id, plan)
  await noteTransition(write, row, { atMs: nowMs, byUser: owner })
  write.wake("queue")
  return row
}

function contextsOf(plan: PlannedJob): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(plan.invocation.inputs).flatMap(([name, input]) =>
      input.base === "context" && input.found ? [[name, input.value ?? null] as const] : [],
    ),
  )
}

export async function keepTags(write: Write, job: JobRow, tags: readonly string[]): Promise<void> {
  await write.sql.deleteFrom("job_tags").where("job", "=", job.id).execute()
  if (tags.length === 0) return
  await write.sql
    .insertInto("job_tags")
    .values(tags.map((tag) => ({ tag, job: job.id, created_ms: job.created_ms })))
    .execute()
}

/** Some at a time: SQLite binds 32,766 values a statement. */
const AT_ONCE = 5000

/** What a job reads is no garbage, even when the file that had it is gone. */
async function keepInputs(write: Write, job: string, plan: PlannedJob): Promise<void> {
  const digests = [...new Set(plan.inputs.map(({ digest }) => digest))]
  for (let at = 0; at < digests.length; at += AT_ONCE) {
    await write.sql
      .insertInto("job_blobs")
      .values(digests.slice(at, at + AT_ONCE).map((digest) => ({ digest, job, is: "input" as const })))
      .execute()
  }
}
