import type { Digest } from "@geartrain/spec"
import type { FinishOutput } from "@geartrain/spec/server"
import { sql } from "kysely"
import type { Caller } from "../../people/caller.ts"
import { storedDigests } from "../blobs/stored-digests.ts"
import type { QueuePorts } from "../queue-ports.ts"

export interface StandingQuery {
  readonly invocations: readonly Digest[]
  /** Where none ended well, one that ended by itself with one of these stands for it, too. */
  readonly acceptExitCodes?: readonly number[]
}

/** The latest so many of an invocation are looked at: one after the other, bytes may be gone. */
const CANDIDATES = 3

/** Of one reading: a row may have a hundred thousand outputs, and those of several are not all needed. */
const AT_ONCE = { jobs: 250, outputBytes: 4 * 1024 * 1024 }

/** All of a job that ended but its outputs. */
export interface Candidate {
  readonly of: Digest
  readonly id: string
  readonly attempt: number
  readonly state: "complete" | "failed"
  readonly exitCode: number | null
  readonly endedMs: number | null
  readonly usage: string | null
  readonly recordDigest: string | null
  readonly outputBytes: number
}

/** The latest of each invocation that the caller may read, the best of each first. */
export async function findCandidates(
  { access, database }: QueuePorts,
  caller: Caller,
  { invocations, acceptExitCodes = [] }: StandingQuery,
): Promise<readonly Candidate[]> {
  const projects = await access.readable(caller)
  if (projects !== "all" && projects.length === 0) return []
  const ranked = database.read
    .selectFrom("jobs")
    .select(["id", "attempt"])
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
  const rows = await database.read
    .selectFrom(ranked.as("ranked"))
    .innerJoin("jobs", "jobs.id", "ranked.id")
    .innerJoin("attempts", (join) =>
      join.onRef("attempts.job", "=", "ranked.id").onRef("attempts.attempt", "=", "ranked.attempt"),
    )
    .select(["jobs.id", "jobs.attempt", "jobs.invocation_digest as of", "jobs.state", "jobs.exit_code as exitCode"])
    .select(["jobs.ended_ms as endedMs", "attempts.usage", "attempts.record_digest as recordDigest"])
    .select(sql<number>`octet_length(jobs.outputs)`.as("outputBytes"))
    .where("ranked.rank", "<=", CANDIDATES)
    .orderBy("ranked.rank")
    .execute()
  return rows as readonly Candidate[]
}

/** A candidate with what it put out, and whether all of that is stored. */
export interface ReadCandidate extends Candidate {
  readonly outputs: readonly FinishOutput[]
  readonly isStored: boolean
}

/** Candidates in their order, some read at a time, but for those that nobody wants any more. */
export async function* withOutputs(
  ports: QueuePorts,
  candidates: readonly Candidate[],
  isWanted: (candidate: Candidate) => boolean,
): AsyncGenerator<ReadCandidate> {
  for (let at = 0; at < candidates.length; ) {
    const some: Candidate[] = []
    let outputBytes = 0
    for (; at < candidates.length && some.length < AT_ONCE.jobs; at++) {
      const next = candidates[at]
      if (next === undefined || !isWanted(next)) continue
      outputBytes += next.outputBytes
      if (some.length > 0 && outputBytes > AT_ONCE.outputBytes) break
      some.push(next)
    }
    if (some.length === 0) return
    for (const candidate of await readOutputs(ports, some)) if (isWanted(candidate)) yield candidate
  }
}

async function readOutputs(
  { database, blobs }: QueuePorts,
  candidates: readonly Candidate[],
): Promise<readonly ReadCandidate[]> {
  const ids = candidates.map(({ id }) => id)
  const query = database.read.selectFrom("jobs").select(["id", "state", "attempt", "outputs"]).where("id", "in", ids)
  const rows = new Map((await query.execute()).map((row) => [row.id, row]))
  const read = candidates.flatMap((candidate) => {
    const row = rows.get(candidate.id)
    // One that was tried again, or is gone, since it was found is another one now.
    const isThat = row?.state === candidate.state && row.attempt === candidate.attempt
    return isThat ? [{ ...candidate, outputs: JSON.parse(row.outputs) as readonly FinishOutput[] }] : []
  })
  const stored = await storedDigests(
    blobs,
    read.flatMap(({ outputs }) => outputs.map(({ digest }) => digest)),
  )
  return read.map((one) => ({ ...one, isStored: one.outputs.every(({ digest }) => stored.has(digest)) }))
}
