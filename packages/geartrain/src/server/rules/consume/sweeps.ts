import { GeartrainError } from "@geartrain/spec"
import type { Selectable } from "kysely"
import { resolvePath } from "../../archive/places/resolve-path.ts"
import type { Queries, Write } from "../../database/database.ts"
import { makeId } from "../../database/make-id.ts"
import type { DecisionRow, SweepRow } from "../../database/tables/rule-tables.ts"
import type { Caller } from "../../people/caller.ts"
import { decideFile, keepDecisions } from "../decide/decide-file.ts"
import type { RulesPorts } from "../rules-ports.ts"
import { findRule, needRule } from "../store/find-rule.ts"
import { nextTime } from "../store/schedule-time.ts"
import { ruleOf, type ServerRule } from "../store/server-rule.ts"
import { filesWithin } from "./event-files.ts"

/** A rule on its way over files that are there already. */
export interface Sweep {
  readonly id: string
  readonly rule: string
  readonly cause: SweepRow["cause"]
  readonly state: SweepRow["state"]
  /** Files that were decided about, by what was decided. */
  readonly counts: Readonly<Record<string, number>>
  /** Their sum. */
  readonly files: number
  readonly createdMs: number
  readonly endedMs?: number
}

/**
 * Has a rule decide about all files that are there, in the background, as if each had just been saved. What it started for the same files before
 * is not started again.
 *
 * @param request.below  Path below the project; absent for the whole of it.
 * @throws {GeartrainError} RULE_NOT_FOUND, PLACE_NOT_FOUND, PROJECT_NOT_FOUND, NOT_PERMITTED
 */
export async function applyRule(
  ports: RulesPorts,
  caller: Caller,
  request: { readonly project: string; readonly id: string; readonly below?: string | undefined },
): Promise<Sweep> {
  const rule = await needRule(ports, caller, { ...request, right: "admin", action: "rule.apply" })
  const lineage = await lineageBelow(ports.database.read, rule.project, request.below)
  const row = newSweep(rule, { cause: "apply", lineage, byUser: caller.user, atMs: ports.now() })
  await ports.database.write((write) => beginSweep(write, row))
  return sweepOf(row)
}

/** @throws {GeartrainError} RULE_NOT_FOUND, PROJECT_NOT_FOUND, NOT_PERMITTED */
export async function listSweeps(
  ports: RulesPorts,
  caller: Caller,
  request: { readonly project: string; readonly id: string },
): Promise<readonly Sweep[]> {
  await needRule(ports, caller, { ...request, right: "read", action: "rule.read" })
  const rows = await ports.database.read
    .selectFrom("rule_sweeps")
    .selectAll()
    .where("rule", "=", request.id)
    .orderBy("id", "desc")
    .limit(MOST_LISTED)
    .execute()
  return rows.map(sweepOf)
}

const MOST_LISTED = 100

/** Begins the sweeps of all rules whose time has come. Times that were missed, while no server ran, are made up for by one. */
export async function beginScheduled(ports: RulesPorts): Promise<void> {
  const now = ports.now()
  const due = await ports.database.read
    .selectFrom("rules")
    .selectAll()
    .where("next_ms", "<=", now)
    .where("deleted_ms", "is", null)
    .orderBy("next_ms")
    .limit(MOST_LISTED)
    .execute()
  for (const row of due) {
    const rule = ruleOf(row)
    const schedule = rule.rule.schedule
    const next = schedule === undefined ? null : nextTime(schedule, now)
    const lineage = await lineageBelow(ports.database.read, rule.project, schedule?.below).catch((error: unknown) => {
      if (error instanceof GeartrainError && error.code === "PLACE_NOT_FOUND") return undefined
      throw error
    })
    await ports.database.write(async (write) => {
      const moved = await write.sql
        .updateTable("rules")
        .set({ next_ms: next })
        .where("id", "=", row.id)
        .where("next_ms", "=", row.next_ms)
        .where("revision", "=", row.revision)
        .executeTakeFirst()
      if (moved.numUpdatedRows === 0n) return
      // A place that is not there has no files: the sweep is there to say so.
      const sweep = newSweep(rule, { cause: "schedule", lineage: lineage ?? "", byUser: rule.confirmedBy, atMs: now })
      await beginSweep(write, lineage === undefined ? { ...sweep, state: "complete", ended_ms: now } : sweep)
    })
  }
}

/** When the next schedule comes; undefined when there is none. */
export async function nextScheduleMs({ database }: RulesPorts): Promise<number | undefined> {
  const row = await database.read
    .selectFrom("rules")
    .select(({ fn }) => fn.min("next_ms").as("next"))
    .where("next_ms", "is not", null)
    .where("deleted_ms", "is", null)
    .executeTakeFirst()
  return row?.next == null ? undefined : Number(row.next)
}

const FILES_AT_ONCE = 20

/** Goes on with the oldest sweep by one page. @returns Whether there may be more to do. */
export async function stepSweeps(ports: RulesPorts): Promise<boolean> {
  const queries = ports.database.read
  const row = await queries
    .selectFrom("rule_sweeps")
    .selectAll()
    .where("state", "=", "running")
    .orderBy("id")
    .executeTakeFirst()
  if (row === undefined) return false
  const stored = await findRule(queries, { project: row.project, id: row.rule })
  if (stored === undefined) {
    await moveSweep(ports, row, { part: { state: "cancelled", ended_ms: ports.now() }, decisions: [] })
    return true
  }
  const after = row.after_lineage === null ? undefined : { lineage: row.after_lineage, name: row.after_name ?? "" }
  const files = await filesWithin(queries, row.lineage, { after, limit: FILES_AT_ONCE })
  const rule = ruleOf(stored)
  const decisions: DecisionRow[] = []
  for (const file of files)
    decisions.push(await decideFile(ports, { rule, file, cause: { cause: "sweep", id: row.id } }))
  const counts = { ...(JSON.parse(row.counts) as Record<string, number>) }
  for (const { outcome } of decisions) counts[outcome] = (counts[outcome] ?? 0) + 1
  const last = files.at(-1)
  const isLast = files.length < FILES_AT_ONCE
  await moveSweep(ports, row, {
    part: {
      counts: JSON.stringify(counts),
      ...(last === undefined ? {} : { after_lineage: last.lineage, after_name: last.name }),
      ...(isLast ? { state: "complete" as const, ended_ms: ports.now() } : {}),
    },
    decisions,
  })
  return true
}

async function moveSweep(
  ports: RulesPorts,
  row: StoredSweep,
  { part, decisions }: { readonly part: Partial<StoredSweep>; readonly decisions: readonly DecisionRow[] },
): Promise<void> {
  await ports.database.write(async (write) => {
    const moved = await write.sql
      .updateTable("rule_sweeps")
      .set({ ...part, revision: row.revision + 1 })
      .where("id", "=", row.id)
      .where("revision", "=", row.revision)
      .executeTakeFirst()
    if (moved.numUpdatedRows === 0n) return
    await keepDecisions(write, decisions)
    if (part.state !== undefined) {
      const { id, files, counts } = sweepOf({ ...row, ...part })
      await write.event({
        kind: "rule.swept",
        subject: row.rule,
        project: row.project,
        data: { sweep: id, files, counts },
      })
    }
  })
}

type StoredSweep = Selectable<SweepRow>

function newSweep(
  rule: ServerRule,
  {
    cause,
    lineage,
    byUser,
    atMs,
  }: { readonly cause: SweepRow["cause"]; readonly lineage: string; readonly byUser: string; readonly atMs: number },
): StoredSweep {
  return {
    id: makeId(),
    rule: rule.id,
    project: rule.project,
    cause,
    lineage,
    after_lineage: null,
    after_name: null,
    state: "running",
    counts: "{}",
    by_user: byUser,
    created_ms: atMs,
    ended_ms: null,
    revision: 1,
  }
}

async function beginSweep(write: Write, row: StoredSweep): Promise<void> {
  await write.sql.insertInto("rule_sweeps").values(row).execute()
  const data = { sweep: row.id, cause: row.cause }
  await write.event({ kind: "rule.sweeping", subject: row.rule, project: row.project, byUser: row.by_user, data })
}

function sweepOf(row: StoredSweep): Sweep {
  const counts = JSON.parse(row.counts) as Record<string, number>
  return {
    id: row.id,
    rule: row.rule,
    cause: row.cause,
    state: row.state,
    counts,
    files: Object.values(counts).reduce((sum, count) => sum + count, 0),
    createdMs: row.created_ms,
    ...(row.ended_ms === null ? {} : { endedMs: row.ended_ms }),
  }
}

/** @throws {GeartrainError} PLACE_NOT_FOUND */
export async function lineageBelow(queries: Queries, project: string, below: string | undefined): Promise<string> {
  const found = await resolvePath(queries, below === undefined ? project : `${project}/${below}`)
  if (found?.kind === "place" && found.place.project === project) return found.place.lineage
  throw new GeartrainError(
    "PLACE_NOT_FOUND",
    `Cannot find ${JSON.stringify((below ?? project).slice(0, 300))} in the project`,
    {
      hint: "Write the path from the project on, such as sub-01/ses-01",
    },
  )
}
