import { GeartrainError } from "@geartrain/spec"
import type { LimitRow } from "../../database/tables/queue-tables.ts"
import type { Caller } from "../../people/caller.ts"
import type { LimitKind, QueueLimit } from "../claim/queue-view.ts"
import type { QueuePorts } from "../queue-ports.ts"

/** A limit, weight or pause, and whose. Subject `*` is for all of the kind that have none of their own. */
export interface SetLimit extends QueueLimit {
  readonly kind: LimitKind
  readonly subject: string
  readonly revision: number
}

/**
 * Sets what one subject is held to: the whole of it. An empty limit removes it.
 *
 * @param asked.revision  The one that the caller has seen; 0 for one that was not there.
 * @throws {GeartrainError} NOT_PERMITTED, ETAG_MISMATCH
 */
export async function setLimit(
  ports: QueuePorts,
  caller: Caller,
  asked: {
    readonly kind: LimitKind
    readonly subject: string
    readonly limit: QueueLimit
    readonly revision?: number | undefined
  },
): Promise<SetLimit> {
  await ports.access.needSiteAdmin(caller, "queue.limits.change")
  const { kind, subject, limit } = asked
  return ports.database.write(async (write) => {
    const of = write.sql.selectFrom("queue_limits").selectAll().where("kind", "=", kind).where("subject", "=", subject)
    const before = await of.executeTakeFirst()
    if (asked.revision !== undefined && asked.revision !== (before?.revision ?? 0)) {
      throw new GeartrainError(
        "ETAG_MISMATCH",
        `Cannot set the limit of ${kind} "${subject}": it is not as you have seen it`,
      )
    }
    const row: LimitRow = {
      kind,
      subject,
      running: limit.running ?? null,
      weight: limit.weight ?? null,
      paused: limit.paused === true ? 1 : 0,
      revision: (before?.revision ?? 0) + 1,
    }
    await write.sql
      .insertInto("queue_limits")
      .values(row)
      .onConflict((conflict) => conflict.columns(["kind", "subject"]).doUpdateSet(row))
      .execute()
    await write.event({ kind: "queue.limited", subject: `${kind}/${subject}`, byUser: caller.user, data: { ...limit } })
    // It may be a higher one.
    write.wake("queue")
    return limitRow(row)
  })
}

/** All limits that are set. @throws {GeartrainError} NOT_PERMITTED */
export async function listLimits(ports: QueuePorts, caller: Caller): Promise<readonly SetLimit[]> {
  await ports.access.needSiteAdmin(caller, "queue.limits.read")
  const rows = await ports.database.read
    .selectFrom("queue_limits")
    .selectAll()
    .orderBy("kind")
    .orderBy("subject")
    .limit(10_000)
    .execute()
  return rows.map(limitRow)
}

function limitRow(row: LimitRow): SetLimit {
  const { kind, subject, running, weight, paused, revision } = row
  return {
    kind,
    subject,
    ...(running === null ? {} : { running }),
    ...(weight === null ? {} : { weight }),
    ...(paused === 1 ? { paused: true } : {}),
    revision,
  }
}
