import { type Digest, isAccepted, type OutputFile, type Usage } from "@geartrain/spec"
import type { Caller } from "../../people/caller.ts"
import type { QueuePorts } from "../queue-ports.ts"
import { type ReadEnd, readEnd } from "./read-end.ts"
import { findCandidates, type ReadCandidate, type StandingQuery, withOutputs } from "./standing-candidates.ts"

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

/**
 * Of each invocation the latest complete job by content that the caller may read and whose outputs are all stored, or the latest that failed in a way
 * that the caller takes. Nothing for the others.
 */
export async function findStandingJobs(ports: QueuePorts, caller: Caller, query: StandingQuery): Promise<StandingJobs> {
  const invocations = [...new Set(query.invocations)]
  const byInvocation = Map.groupBy(await findCandidates(ports, caller, { ...query, invocations }), ({ of }) => of)
  const candidates = invocations.flatMap((invocation) => byInvocation.get(invocation) ?? [])
  const found = new Map<string, StandingJob>()
  const answer = (before?: string): StandingJobs => ({
    items: [...found.values()],
    unasked: before === undefined ? [] : invocations.slice(invocations.indexOf(before as Digest)),
  })
  let [outputs, recordBytes, last] = [0, 0, ""]
  for await (const candidate of withOutputs(ports, candidates, ({ of }) => !found.has(of))) {
    const { of } = candidate
    if (of !== last && recordBytes > MOST_RECORD_BYTES) return answer(of)
    last = of
    const looked = await lookAt(ports, candidate, query.acceptExitCodes)
    recordBytes += looked.recordBytes
    if (looked.job === undefined) continue
    outputs += looked.job.outputs.length
    if (found.size > 0 && outputs > MOST_OUTPUTS) return answer(of)
    found.set(of, looked.job)
  }
  return answer()
}

/** What came of looking at a candidate, and what that took. */
interface Looked {
  readonly job?: StandingJob
  readonly recordBytes: number
}

async function lookAt(
  ports: QueuePorts,
  candidate: ReadCandidate,
  acceptExitCodes: readonly number[] | undefined,
): Promise<Looked> {
  const { state, exitCode, usage, endedMs, outputs } = candidate
  const { end, recordBytes }: ReadEnd =
    state === "failed" ? await readEnd(ports, candidate.recordDigest) : { recordBytes: 0 }
  const none = { recordBytes }
  if (state === "failed" && (end === undefined || !isAccepted(end, acceptExitCodes))) return none
  if (!candidate.isStored) return none
  const job: StandingJob = {
    invocation: candidate.of,
    job: candidate.id,
    state,
    ...(exitCode === null ? {} : { exitCode }),
    outputs: outputs.map(({ name: path, ...output }) => ({ path, ...output })),
    wallMs: usage === null ? 0 : (JSON.parse(usage) as Usage).wallMs,
    endedMs: endedMs ?? 0,
  }
  return { ...none, job }
}
