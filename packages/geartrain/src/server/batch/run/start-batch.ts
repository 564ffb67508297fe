import { GeartrainError } from "@geartrain/spec"
import type { Caller } from "../../people/caller.ts"
import { readAccounts } from "../accounts/batch-accounts.ts"
import type { BatchPorts } from "../batch-ports.ts"
import { type BatchFile, batchOf, needBatch, type ServerBatch, type StoredBatch } from "../server-batch.ts"

/**
 * Runs what was proposed: these targets, with these versions of these files. Its jobs are submitted in the background.
 *
 * @param request.proposal  Names the proposal that was seen.
 * @param request.asProposed  Run it although files have newer versions since.
 * @throws {GeartrainError} BATCH_NOT_FOUND, NOT_PERMITTED; BATCH_STATE when it runs or ran already; BATCH_CHANGED with what changed since it was
 *   proposed; BATCH_INVALID when there is nothing to run.
 */
export async function startBatch(
  ports: BatchPorts,
  caller: Caller,
  request: { readonly id: string; readonly proposal: string; readonly asProposed?: boolean | undefined },
): Promise<ServerBatch> {
  const batch = await needBatch(ports, caller, { id: request.id, right: "run", action: "batch.run" })
  if (batch.state !== "proposed") {
    throw new GeartrainError("BATCH_STATE", `Cannot run batch "${batch.id}": it is ${batch.state}`, {
      hint: "Propose another one, or retry what failed of this one",
    })
  }
  const { outcomes } = await readAccounts(ports.database.read, batch.id)
  if (outcomes["will-run"] === 0) {
    throw new GeartrainError("BATCH_INVALID", `Cannot run batch "${batch.id}": none of its targets would run`, {
      hint: "See why with: gear batch show",
    })
  }
  if (request.asProposed !== true) await refuseChanged(ports, batch)
  const next = { state: "running" as const, started_ms: ports.now(), owner: caller.user, revision: batch.revision + 1 }
  await ports.database.write(async (write) => {
    const moved = await write.sql
      .updateTable("batches")
      .set(next)
      .where("id", "=", batch.id)
      .where("state", "=", "proposed")
      .where("proposal_digest", "=", request.proposal)
      .executeTakeFirst()
    if (moved.numUpdatedRows === 0n) {
      throw new GeartrainError(
        "BATCH_CHANGED",
        `Cannot run batch "${batch.id}": what is proposed is not what was seen`,
        {
          details: { proposal: batch.proposal_digest },
          hint: "Read the proposal again, and run that",
        },
      )
    }
    await write.event({
      kind: "batch.changed",
      subject: batch.id,
      project: batch.project,
      byUser: caller.user,
      data: { state: "running" },
    })
  })
  return batchOf(ports.database.read, { ...batch, ...next })
}

/** Files that are not what they were when the batch was proposed. */
async function refuseChanged({ database }: BatchPorts, batch: StoredBatch): Promise<void> {
  const targets = await database.read
    .selectFrom("batch_targets")
    .select(["path", "inputs"])
    .where("batch", "=", batch.id)
    .where("outcome", "=", "will-run")
    .orderBy("n")
    .execute()
  const changed: string[] = []
  for (let at = 0; at < targets.length; at += TARGETS_AT_ONCE) {
    const part = targets.slice(at, at + TARGETS_AT_ONCE).flatMap(({ path, inputs }) =>
      Object.values(JSON.parse(inputs) as Record<string, BatchFile[]>)
        .flat()
        .map((file) => ({ path, file })),
    )
    if (part.length === 0) continue
    const ids = [...new Set(part.map(({ file }) => file.id))]
    const rows = await database.read
      .selectFrom("files")
      .select(["id", "version", "deleted_ms"])
      .where("id", "in", ids)
      .execute()
    const now = new Map(rows.map((row) => [row.id, row]))
    for (const { path, file } of part) {
      const row = now.get(file.id)
      if (row === undefined || row.deleted_ms !== null) changed.push(`${path}: "${file.name}" is gone`)
      else if (row.version !== file.version)
        changed.push(`${path}: "${file.name}" is at version ${row.version}, and ${file.version} was proposed`)
    }
  }
  if (changed.length === 0) return
  throw new GeartrainError(
    "BATCH_CHANGED",
    `Cannot run batch "${batch.id}": ${changed.length} of its files changed since it was proposed; the first: ${changed[0]}`,
    {
      details: { changed: changed.slice(0, MOST_TOLD), count: changed.length },
      hint: "Propose it again, or run it as proposed, with the versions of then",
    },
  )
}

const TARGETS_AT_ONCE = 200
const MOST_TOLD = 100
