import { sql } from "kysely"
import type { Write } from "../../database/database.ts"
import type { JobRow } from "../../database/tables/job-tables.ts"
import type { QueuePorts } from "../queue-ports.ts"
import { tellMove } from "../states/move-job.ts"
import { chooseLane, nextTurn, turnOf } from "./choose-lane.ts"
import { limitOf, type QueueView, type RunnerView } from "./queue-view.ts"
import { LAST_TURN, readRunners, readView } from "./read-view.ts"
import { tokenRight } from "./token-right.ts"

/** A job that a runner has got, and what it shows that with. */
export interface StartedJob {
  readonly row: JobRow
  readonly token: string
}

/** Characters that are told of jobs at once, and what one more has: a runner reads no answer without end. What is left it gets with its next claim. */
const MOST_TOLD = 8 * 1024 * 1024

/**
 * Gives a runner up to `free` jobs, each with a lease and its attempt's number, in one transaction.
 *
 * One claim at a time chooses: what runs can meanwhile only get less, so no limit is ever exceeded. Each job is taken by one statement that
 * finds the first pending one of its lane and changes it.
 */
export async function claimJobs(ports: QueuePorts, runner: string, free: number): Promise<readonly StartedJob[]> {
  if (free < 1 || !(await isAnythingPending(ports))) return []
  return ports.database.write(async (write) => {
    await waitForTurn(ports, write)
    let offer = (await readRunners(write.sql, { id: runner }))[0]
    if (offer === undefined || offer.isDrained) return []
    let view = await readView(write.sql)
    const started: StartedJob[] = []
    const most = Math.min(free, leftOf(view, offer))
    let length = 0
    while (started.length < most && length < MOST_TOLD) {
      const lane = chooseLane(view, offer)
      if (lane === undefined) break
      const row = await takeFirst(ports, write, { lane: lane.id, runner })
      if (row === undefined) {
        // Whoever changes its last job was first; what they do to the lane is seen next time.
        view = { ...view, lanes: view.lanes.filter(({ id }) => id !== lane.id) }
        continue
      }
      started.push({ row, token: await startAttempt(ports, write, row) })
      length += row.inputs.length + row.contexts.length + row.config.length
      const turns = {
        of: new Map([...view.turns.of, [lane.owner, nextTurn(view, lane.owner)]]),
        last: turnOf(view, lane.owner),
      }
      await keepTurn(write, { owner: lane.owner, turn: nextTurn(view, lane.owner), last: turns.last })
      offer = { ...offer, running: [...offer.running, lane.resources] }
      if (started.length < most) view = { ...(await withLane(write, view, lane.id)), turns }
    }
    return started
  })
}

/** Without a transaction: most claims of an idle site end here. */
async function isAnythingPending(ports: QueuePorts): Promise<boolean> {
  const row = await ports.database.read
    .selectFrom("lanes")
    .select("id")
    .where("pending", ">", 0)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Claims go one after another, each holding the row of the last turn until its end. SQLite has one writer anyway. */
async function waitForTurn(ports: QueuePorts, write: Write): Promise<void> {
  if (ports.database.kind === "sqlite") return
  const last = write.sql.selectFrom("queue_turns").select("turn").where("owner", "=", LAST_TURN).forUpdate()
  if ((await last.executeTakeFirst()) !== undefined) return
  await write.sql
    .insertInto("queue_turns")
    .values({ owner: LAST_TURN, turn: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  await last.executeTakeFirst()
}

function leftOf(view: QueueView, runner: RunnerView): number {
  const limit = limitOf(view.limits, "runner", runner.id)
  if (limit.paused === true) return 0
  return Math.min(runner.slots, limit.running ?? runner.slots) - runner.running.length
}

function takeFirst(
  ports: QueuePorts,
  write: Write,
  to: { readonly lane: string; readonly runner: string },
): Promise<JobRow | undefined> {
  const nowMs = ports.now()
  // One that somebody else is just changing is left to them.
  const skip = ports.database.kind === "postgres" ? sql`for update skip locked` : sql``
  const first = sql<string>`(
    select id from jobs where lane = ${to.lane} and state = 'pending'
    order by priority desc, queued_ms, id limit 1 ${skip}
  )`
  return write.sql
    .updateTable("jobs")
    .set({
      state: "running",
      phase: "preparing",
      runner: to.runner,
      lease_until_ms: nowMs + ports.queueSettings.leaseMs,
      started_ms: nowMs,
      revision: sql`revision + 1`,
    })
    .where("id", "=", first)
    .where("state", "=", "pending")
    .returningAll()
    .executeTakeFirst()
}

async function startAttempt(ports: QueuePorts, write: Write, row: JobRow): Promise<string> {
  const nowMs = ports.now()
  await write.sql
    .insertInto("attempts")
    .values({
      job: row.id,
      attempt: row.attempt,
      runner: row.runner ?? "",
      state: "running",
      started_ms: nowMs,
      outputs: "[]",
      log_chunks: 0,
      log_bytes: 0,
      log_head_bytes: 0,
      log_dropped_bytes: 0,
    })
    .execute()
  await tellMove(write, row, { from: "pending", atMs: nowMs })
  const { id: job, attempt, owner: user, project } = row
  return ports.jobTokens.issue(write, { job, attempt, user, project, right: tokenRight(row) })
}

async function keepTurn(
  write: Write,
  turn: { readonly owner: string; readonly turn: number; readonly last: number },
): Promise<void> {
  await write.sql
    .insertInto("queue_turns")
    .values([
      { owner: turn.owner, turn: turn.turn },
      { owner: LAST_TURN, turn: turn.last },
    ])
    .onConflict((conflict) => conflict.column("owner").doUpdateSet(({ ref }) => ({ turn: ref("excluded.turn") })))
    .execute()
}

/** The view with one lane as it is now. */
async function withLane(write: Write, view: QueueView, id: string): Promise<QueueView> {
  const now = await write.sql.selectFrom("lanes").selectAll().where("id", "=", id).executeTakeFirstOrThrow()
  const { pending, running, head_priority, head_queued_ms } = now
  const lanes = view.lanes.map((lane) =>
    lane.id === id
      ? { ...lane, pending, running, headPriority: head_priority ?? 0, headQueuedMs: head_queued_ms ?? 0 }
      : lane,
  )
  return { ...view, lanes }
}
