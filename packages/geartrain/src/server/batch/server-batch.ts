import { GeartrainError } from "@geartrain/spec"
import type { Selectable } from "kysely"
import { type PageRequest, readPage } from "../archive/lists/read-page.ts"
import type { Queries } from "../database/database.ts"
import type { BatchRow, BatchTargetRow } from "../database/tables/batch-tables.ts"
import type { Page } from "../http/page.ts"
import type { Caller, Right } from "../people/caller.ts"
import { type BatchAccounts, endedState, isOpen, readAccounts } from "./accounts/batch-accounts.ts"
import type { BatchPorts } from "./batch-ports.ts"
import type { BatchRequest } from "./batch-request.ts"
import type { InputMatch } from "./preflight/match-inputs.ts"

export type StoredBatch = Selectable<BatchRow>
export type StoredTarget = Selectable<BatchTargetRow>

export interface ServerBatch {
  readonly id: string
  readonly project: string
  readonly label?: string
  readonly gear: { readonly id: string; readonly name: string; readonly version: string }
  readonly request: BatchRequest
  /** Names what was proposed: running it says which proposal was seen. */
  readonly proposal: string
  readonly state: BatchRow["state"]
  /** Somebody has asked for the end of it. */
  readonly cancelling: boolean
  readonly owner: string
  readonly createdMs: number
  readonly startedMs?: number
  readonly endedMs?: number
  readonly revision: number
  readonly accounts: BatchAccounts
}

/** One place that the gear is run for, or not, and why. */
export interface BatchTarget {
  readonly n: number
  readonly place: { readonly type: string; readonly id: string }
  readonly path: string
  readonly outcome: BatchTargetRow["outcome"]
  readonly says: string
  readonly matches: readonly InputMatch[]
  readonly inputs: Readonly<Record<string, readonly BatchFile[]>>
  readonly job?: string
  readonly jobState?: string
  /** Jobs that were submitted for it. */
  readonly tries: number
  readonly refused?: { readonly code: string; readonly says: string }
}

/** A file of a proposal: this version of it is what the job reads. */
export interface BatchFile {
  readonly id: string
  readonly version: number
  readonly name: string
  readonly digest: string
}

/**
 * A batch with its accounts.
 *
 * @throws {GeartrainError} BATCH_NOT_FOUND, in the same words for one that the caller may not know of; NOT_PERMITTED
 */
export async function needBatch(
  ports: Pick<BatchPorts, "database" | "access">,
  caller: Caller,
  request: { readonly id: string; readonly right: Right; readonly action: string },
): Promise<StoredBatch> {
  const row = await ports.database.read
    .selectFrom("batches")
    .selectAll()
    .where("id", "=", request.id)
    .executeTakeFirst()
  if (row === undefined || !(await ports.access.may(caller, "read", row.project))) throw batchNotFound(request.id)
  await ports.access.need(caller, {
    right: request.right,
    project: row.project,
    action: request.action,
    target: row.id,
  })
  return row
}

export function batchNotFound(id: string): GeartrainError {
  return new GeartrainError(
    "BATCH_NOT_FOUND",
    `Cannot find batch ${JSON.stringify(id.slice(0, 100).toWellFormed())}: there is none that you can see`,
    {
      hint: "See what there is with: gear batch list",
    },
  )
}

/** @throws {GeartrainError} BATCH_NOT_FOUND */
export async function readBatch(ports: BatchPorts, caller: Caller, id: string): Promise<ServerBatch> {
  const row = await needBatch(ports, caller, { id, right: "read", action: "batch.read" })
  return batchOf(ports.database.read, row)
}

export async function batchOf(queries: Queries, row: StoredBatch): Promise<ServerBatch> {
  const accounts = await readAccounts(queries, row.id)
  return {
    id: row.id,
    project: row.project,
    ...(row.label === null ? {} : { label: row.label }),
    gear: { id: row.gear, name: row.gear_name, version: row.gear_version },
    request: JSON.parse(row.request) as BatchRequest,
    proposal: row.proposal_digest,
    state: presentState(row, accounts),
    cancelling: row.cancel_requested_ms !== null,
    owner: row.owner,
    createdMs: row.created_ms,
    ...(row.started_ms === null ? {} : { startedMs: row.started_ms }),
    ...(row.ended_ms === null ? {} : { endedMs: row.ended_ms }),
    revision: row.revision,
    accounts,
  }
}

/** Somebody may try a single job of an ended batch again: then the batch is what its jobs are. */
function presentState({ state, cancel_requested_ms }: StoredBatch, accounts: BatchAccounts): StoredBatch["state"] {
  if (state === "proposed" || state === "running" || accounts.outcomes["will-run"] === accounts.notSubmitted)
    return state
  if (isOpen({ ...accounts, notSubmitted: 0 })) return "running"
  return endedState(accounts, cancel_requested_ms !== null)
}

/** Batches of a project, the newest first. @throws {GeartrainError} PROJECT_NOT_FOUND, CURSOR_UNFIT */
export async function listBatches(
  ports: BatchPorts,
  caller: Caller,
  request: PageRequest & { readonly project: string },
): Promise<Page<ServerBatch>> {
  const { project } = request
  await ports.access.need(caller, { right: "read", project, action: "batch.list" })
  const page = await readPage(request, {
    kinds: ["number", "string"],
    orderOf: ({ created_ms, id }: StoredBatch) => [created_ms, id],
    read: (limit, after) => {
      let select = ports.database.read.selectFrom("batches").selectAll().where("project", "=", project)
      if (after !== undefined) {
        const [createdMs, id] = after as readonly [number, string]
        select = select.where(({ eb, or, and }) =>
          or([eb("created_ms", "<", createdMs), and([eb("created_ms", "=", createdMs), eb("id", "<", id)])]),
        )
      }
      return select.orderBy("created_ms", "desc").orderBy("id", "desc").limit(limit).execute()
    },
  })
  const items: ServerBatch[] = []
  for (const row of page.items) items.push(await batchOf(ports.database.read, row))
  return { ...page, items }
}

/** Targets of a batch in their order. @throws {GeartrainError} BATCH_NOT_FOUND, CURSOR_UNFIT */
export async function listTargets(
  ports: BatchPorts,
  caller: Caller,
  request: PageRequest & { readonly id: string; readonly outcome?: BatchTargetRow["outcome"] | undefined },
): Promise<Page<BatchTarget>> {
  const { id, outcome } = request
  await needBatch(ports, caller, { id, right: "read", action: "batch.read" })
  const page = await readPage(request, {
    kinds: ["number"],
    orderOf: ({ n }: StoredTarget & { readonly job_state: string | null }) => [n],
    read: (limit, after) => {
      let select = ports.database.read
        .selectFrom("batch_targets")
        .leftJoin("jobs", "jobs.id", "batch_targets.job")
        .selectAll("batch_targets")
        .select("jobs.state as job_state")
        .where("batch_targets.batch", "=", id)
      if (outcome !== undefined) select = select.where("batch_targets.outcome", "=", outcome)
      if (after !== undefined) select = select.where("batch_targets.n", ">", after[0] as number)
      return select.orderBy("batch_targets.n").limit(limit).execute()
    },
  })
  return { ...page, items: page.items.map(targetOf) }
}

function targetOf(row: StoredTarget & { readonly job_state: string | null }): BatchTarget {
  return {
    n: row.n,
    place: { type: row.place_type, id: row.place },
    path: row.path,
    outcome: row.outcome,
    says: row.says,
    matches: JSON.parse(row.matches) as InputMatch[],
    inputs: JSON.parse(row.inputs) as BatchTarget["inputs"],
    ...(row.job === null ? {} : { job: row.job }),
    ...(row.job_state === null ? {} : { jobState: row.job_state }),
    tries: row.tries,
    ...(row.refused_code === null ? {} : { refused: { code: row.refused_code, says: row.refused_says ?? "" } }),
  }
}
