import type { InvocationDigest, JobRecord } from "@geartrain/spec"
import type { DatumRecord } from "../datums/datum-record.ts"
import type { DatumDecision, PipelinePlan } from "./decide.ts"
import { type DoMeans, doDatum } from "./do-datum.ts"

/** What is told while datums are done. */
export type DatumDone = (record: DatumRecord, done: { readonly count: number; readonly of: number }) => void

export interface RunDatumsMeans extends DoMeans {
  /** How many at one time. */
  readonly parallel: number
  /** The number that the commit of the output will have. */
  readonly commit: number
  readonly onDone?: DatumDone
}

/**
 * Carries out what was decided, several datums at one time, and answers with what became of each, in their order.
 *
 * @throws the first error that is no datum's own, when those that run have ended; the signal's reason.
 */
export async function runDatums(plan: PipelinePlan, means: RunDatumsMeans): Promise<readonly DatumRecord[]> {
  const { decisions } = plan
  const records = new Array<DatumRecord>(decisions.length)
  const running = new Map<InvocationDigest, Promise<Done>>()
  let count = 0
  const finish = (at: number, record: DatumRecord): void => {
    records[at] = record
    count++
    means.onDone?.(record, { count, of: decisions.length })
  }
  const todo: number[] = []
  for (const [at, decision] of decisions.entries()) {
    const known = carriedOver(decision, means.commit)
    if (known === undefined) todo.push(at)
    else finish(at, known)
  }
  let failure: { readonly error: unknown } | undefined
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < todo.length && failure === undefined) {
      const at = todo[next++] ?? 0
      try {
        finish(at, await oneOfItsKind(decisions[at] as DatumDecision, { plan, means, running }))
      } catch (error) {
        failure ??= { error }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, means.parallel) }, worker))
  if (failure !== undefined) throw failure.error
  return records
}

type Done = Awaited<ReturnType<typeof doDatum>>

/** What need not be run. */
function carriedOver(decision: DatumDecision, commit: number): DatumRecord | undefined {
  const { before, same } = decision
  if (decision.action === "keep" && before !== undefined) {
    return { ...before, ...base(decision), how: "kept", since: before.since }
  }
  if (decision.action !== "reuse" || same === undefined) return undefined
  return {
    ...base(decision),
    ...{ state: "complete", how: "reused", since: commit, job: same.id, outputs: outputsOf(same.outputs) },
  }
}

/** Two datums may come to one invocation, which is carried out once. */
async function oneOfItsKind(
  decision: DatumDecision,
  {
    plan,
    means,
    running,
  }: { plan: PipelinePlan; means: RunDatumsMeans; running: Map<InvocationDigest, Promise<Done>> },
): Promise<DatumRecord> {
  const { invocation } = decision
  const other = invocation === undefined ? undefined : running.get(invocation)
  const doing = other ?? doDatum(decision, plan.checked, means)
  if (other === undefined && invocation !== undefined) running.set(invocation, doing)
  const done = await doing
  return {
    ...base(decision),
    ...{ ...done, outputs: outputsOf(done.outputs) },
    ...(other === undefined
      ? { how: "run" as const }
      : { how: "reused" as const, why: `${decision.why}; another datum is the same invocation` }),
    since: means.commit,
  }
}

function base({
  id,
  key,
  place,
  why,
  datum,
}: DatumDecision): Pick<DatumRecord, "id" | "key" | "parts" | "place" | "why"> {
  return { id, key, parts: datum.map(({ input, path }) => ({ input, path })), place, why }
}

function outputsOf(outputs: DatumRecord["outputs"] | JobRecord["outputs"]): DatumRecord["outputs"] {
  return outputs.map(({ path, digest, sizeBytes, type, executable }) => ({
    ...{ path, digest, sizeBytes },
    ...(type === undefined ? {} : { type }),
    ...(executable === undefined ? {} : { executable }),
  }))
}
