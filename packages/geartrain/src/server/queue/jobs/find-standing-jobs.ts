import { type Digest, isAccepted, type OutputFile, type Usage } from "@geartrain/spec"
import type { FinishOutput } from "@geartrain/spec/server"
import { sql } from "kysely"
import type { Caller } from "../../people/caller.ts"
import { storedDigests } from "../blobs/stored-digests.ts"
import type { QueuePorts } from "../queue-ports.ts"
import { type ReadEnd, readEnd } from "./read-end.ts"

export interface StandingQuery {
  readonly invocations: readonly Digest[]
  /** Where none ended well, one that ended by itself with one of these stands for it, too. */
  readonly acceptExitCodes?: readonly number[]
}

/** A job by content that ended, and whose outputs stand for those of the same invocation. */
export interface StandingJob {
  readonly invocation: Digest
  readonly job: string
  readonly state: "complete" | "failed"
  readonly exitCode?: number
  readonly outputs: readonly OutputFile[]
  readonly wallMs: number
  /** Milliseconds since 1970. */
  readonly endedMs: number
}

export interface StandingJobs {
  readonly items: readonly StandingJob[]
  /** Not looked at, since the answer would be too long. The first that was asked for is always looked at. */
  readonly unasked: readonly Digest[]
}

/** Outputs of one answer, some 20 MB of it. One job has no more. */
const MOST_OUTPUTS = 100_000
/** Records that are read for one answer: of jobs that failed, to see what ended them. */
const MOST_RECORD_BYTES = 64 * 1024 * 1024
/** The latest so many of an invocation are looked at: one after the other, bytes may be gone. */
const CANDIDATES = 3

/**
 * Of each invocation the latest complete job by content that the caller may read and whose outputs are all stored, or the latest that failed in a way
 * that the caller takes. Nothing for the others.
 */
export async function findStandingJobs(ports: QueuePorts, caller: Caller, query: StandingQuery): Promise<StandingJobs> {
  const invocations = [...new Set(query.invocations)]
  const byInvocation = Map.groupBy(await findCandidates(ports, caller, { ...query, invocations }), ({ of }) => of)
  const items: StandingJob[] = []
  let [outputs, recordBytes] = [0, 0]
  for (const [index, invocation] of invocations.entries()) {
    const rest = (): StandingJobs => ({ items, unasked: invocations.slice(index) })
    if (recordBytes > MOST_RECORD_BYTES) return rest()
    for (const candidate of byInvocation.get(invocation) ?? []) {
      const looked = await lookAt(ports, candidate, query.acceptExitCodes)
      recordBytes += looked.recordBytes
      if (looked.job === undefined) continue
      outputs += looked.job.outputs.length
      if (items.length > 0 && outputs > MOST_OUTPUTS) return rest()
      items.push(looked.job)
      break
    }
  }
  return { items, unasked: [] }
}

interface Candidate {
  readonly of: string
  readonly id: string
}

async function findCandidates(
  { access, database }: QueuePorts,
  caller: Caller,
  { invocations, acceptExitCodes = [] }: StandingQuery,
): Promise<readonly Candidate[]> {
  const projects = await access.readable(caller)
  if (projects !== "all" && projects.length === 0) return []
  const ranked = database.read
    .selectFrom("jobs")
    .select(["id", "invocation_digest as of"])
    .select(
      sql<number>`row_number() over (partition by invocation_digest order by state, ended_ms desc, id desc)`.as("rank"),
    )
    .where("invocation_digest", "in", invocations)
    .where("by_content", "=", 1)
    .where(({ eb, or, and }) =>
      or([
        eb("state", "=", "complete"),
        ...(acceptExitCodes.length === 0
          ? []
          : [and([eb("state", "=", "failed"), eb("exit_code", "in", acceptExitCodes)])]),
      ]),
    )
    .$if(projects !== "all", (select) => select.where("project", "in", projects as readonly string[]))
  return database.read
    .selectFrom(ranked.as("ranked"))
    .select(["id", "of"])
    .where("rank", "<=", CANDIDATES)
    .orderBy("rank")
    .execute()
}

/** What came of looking at a candidate, and what that took. */
interface Looked {
  readonly job?: StandingJob
  readonly recordBytes: number
}

async function lookAt(
  ports: QueuePorts,
  { id }: Candidate,
  acceptExitCodes: readonly number[] | undefined,
): Promise<Looked> {
  const row = await ports.database.read
    .selectFrom("jobs")
    .innerJoin("attempts", (join) =>
      join.onRef("attempts.job", "=", "jobs.id").onRef("attempts.attempt", "=", "jobs.attempt"),
    )
    .select(["jobs.state", "jobs.invocation_digest", "jobs.outputs", "jobs.exit_code", "jobs.ended_ms"])
    .select(["attempts.usage", "attempts.record_digest"])
    .where("jobs.id", "=", id)
    .executeTakeFirst()
  if (row === undefined || (row.state !== "complete" && row.state !== "failed")) return { recordBytes: 0 }
  const { state } = row
  const { end, recordBytes }: ReadEnd =
    state === "failed" ? await readEnd(ports, row.record_digest) : { recordBytes: 0 }
  const none = { recordBytes }
  if (state === "failed" && (end === undefined || !isAccepted(end, acceptExitCodes))) return none
  const outputs = JSON.parse(row.outputs) as readonly FinishOutput[]
  const digests = new Set(outputs.map(({ digest }) => digest))
  if ((await storedDigests(ports.blobs, digests)).size < digests.size) return none
  const job: StandingJob = {
    invocation: row.invocation_digest as Digest,
    job: id,
    state,
    ...(row.exit_code === null ? {} : { exitCode: row.exit_code }),
    outputs: outputs.map(({ name: path, ...output }) => ({ path, ...output })),
    wallMs: row.usage === null ? 0 : (JSON.parse(row.usage) as Usage).wallMs,
    endedMs: row.ended_ms ?? 0,
  }
  return { ...none, job }
}
