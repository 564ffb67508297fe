import type { Digest } from "@geartrain/spec"
import type { PlannedInput, PlannedJob } from "@geartrain/spec/workflow"
import { pick } from "../../orders/take-inputs.ts"
import type { WorkflowJobs } from "../../workflow-jobs.ts"
import type { Facts, Part } from "../expand/scope.ts"
import { MOST_NAMED } from "./decide-jobs.ts"

/** Bytes that somebody reads, and the job that made them. */
interface NeededBytes {
  readonly digest: Digest
  readonly maker: string
  /** The job that reads them; none where they are to be delivered. */
  readonly reader?: string
}

/**
 * Finds jobs that were done before, and whose bytes are gone, though a job that runs reads them, or they are to be delivered: these run again, and
 * so do those that made what they read, where that is gone, too.
 */
export async function fillBytes(
  jobs: readonly PlannedJob[],
  means: {
    readonly facts: Facts
    readonly outputs: Readonly<Record<string, PlannedInput>>
    readonly presence: WorkflowJobs["presence"]
  },
): Promise<readonly PlannedJob[]> {
  const reused = new Map(jobs.filter(({ action }) => action === "reuse").map((job) => [job.key, job]))
  if (reused.size === 0) return jobs
  const known = { facts: means.facts, reused, makersOf: makersBy(reused, means.facts) }
  const again = new Map<string, string[]>()
  const looked = new Set<Digest>()
  const gone = new Set<Digest>()
  let open = [
    ...jobs.filter(({ action }) => action === "run").flatMap((job) => neededBy(job, known)),
    ...Object.values(means.outputs).flatMap(({ parts }) => neededOf(parts, [], known)),
  ]
  while (open.length > 0) {
    const unknown = new Set<Digest>()
    for (const { digest } of open) if (!looked.has(digest)) unknown.add(digest)
    for (const [digest, presence] of await means.presence([...unknown])) {
      looked.add(digest)
      if (presence !== "stored") gone.add(digest)
    }
    const next: NeededBytes[] = []
    for (const { digest, maker, reader } of open) {
      if (!gone.has(digest)) continue
      const before = again.get(maker)
      const readers = before ?? []
      if (reader !== undefined && readers.length < MOST_NAMED && !readers.includes(reader)) readers.push(reader)
      if (before !== undefined) continue
      again.set(maker, readers)
      const job = reused.get(maker)
      if (job !== undefined) for (const needed of neededBy(job, known)) next.push(needed)
    }
    open = next
  }
  if (again.size === 0) return jobs
  return jobs.map((job) => {
    const readers = again.get(job.key)
    if (readers === undefined) return job
    const { reuses: _, ...rest } = job
    return { ...rest, action: "run", reason: { kind: "bytes", jobs: readers } }
  })
}

interface Known {
  readonly facts: Facts
  readonly reused: ReadonlyMap<string, PlannedJob>
  /** Keys of the jobs that gave these bytes before. */
  readonly makersOf: (digest: Digest) => readonly string[]
}

function makersBy(reused: Known["reused"], facts: Facts): Known["makersOf"] {
  let makers: Map<Digest, string[]> | undefined
  return (digest) => {
    makers ??= indexMakers(reused, facts)
    return makers.get(digest) ?? []
  }
}

function indexMakers(reused: Known["reused"], facts: Facts): Map<Digest, string[]> {
  const makers = new Map<Digest, string[]>()
  for (const key of reused.keys()) {
    const outputs = facts.outputsOf(key)
    if (outputs === undefined || outputs === "skipped") continue
    for (const { digest } of outputs) {
      const known = makers.get(digest)
      if (known === undefined) makers.set(digest, [key])
      else if (known.at(-1) !== key) known.push(key)
    }
  }
  return makers
}

function neededBy({ key, inputs, after }: PlannedJob, known: Known): readonly NeededBytes[] {
  return Object.values(inputs).flatMap(({ parts }) =>
    neededOf(parts, after, known).map((needed) => ({ ...needed, reader: key })),
  )
}

function neededOf(
  parts: readonly Part[] | undefined,
  after: readonly string[],
  { facts, reused, makersOf }: Known,
): readonly NeededBytes[] {
  const needed: NeededBytes[] = []
  let before: ReadonlySet<string> | undefined
  for (const part of parts ?? []) {
    if ("jobs" in part) {
      for (const maker of part.jobs) {
        const outputs = reused.has(maker) ? facts.outputsOf(maker) : undefined
        if (outputs === undefined || outputs === "skipped") continue
        for (const { digest } of pick(outputs, part)) needed.push({ digest, maker })
      }
    } else if ("digest" in part && part.path === undefined) {
      before ??= new Set(after)
      const maker = makersOf(part.digest).find((key) => before?.has(key))
      if (maker !== undefined) needed.push({ digest: part.digest, maker })
    }
  }
  return needed
}
