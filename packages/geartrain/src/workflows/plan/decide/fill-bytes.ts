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
  const again = new Map<string, string[]>()
  const looked = new Set<Digest>()
  const gone = new Set<Digest>()
  let open = [
    ...jobs.filter(({ action }) => action === "run").flatMap((job) => neededBy(job, means.facts, reused)),
    ...Object.values(means.outputs).flatMap(({ parts }) => neededOf(parts, { after: [], facts: means.facts, reused })),
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
      const known = again.get(maker)
      const readers = known ?? []
      if (reader !== undefined && readers.length < MOST_NAMED && !readers.includes(reader)) readers.push(reader)
      if (known !== undefined) continue
      again.set(maker, readers)
      const job = reused.get(maker)
      if (job !== undefined) next.push(...neededBy(job, means.facts, reused))
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

type Reused = ReadonlyMap<string, PlannedJob>

function neededBy({ key, inputs, after }: PlannedJob, facts: Facts, reused: Reused): readonly NeededBytes[] {
  return Object.values(inputs).flatMap(({ parts }) =>
    neededOf(parts, { after, facts, reused }).map((needed) => ({ ...needed, reader: key })),
  )
}

function neededOf(
  parts: readonly Part[] | undefined,
  at: { readonly after: readonly string[]; readonly facts: Facts; readonly reused: Reused },
): readonly NeededBytes[] {
  const needed: NeededBytes[] = []
  for (const part of parts ?? []) {
    if ("jobs" in part) {
      for (const maker of part.jobs) {
        const outputs = at.reused.has(maker) ? at.facts.outputsOf(maker) : undefined
        if (outputs === undefined || outputs === "skipped") continue
        for (const { digest } of pick(outputs, part)) needed.push({ digest, maker })
      }
    } else if ("digest" in part && part.path === undefined) {
      const maker = at.after.find((key) => makes(at.facts, key, part.digest))
      if (maker !== undefined && at.reused.has(maker)) needed.push({ digest: part.digest, maker })
    }
  }
  return needed
}

function makes(facts: Facts, key: string, digest: Digest): boolean {
  const outputs = facts.outputsOf(key)
  return outputs !== undefined && outputs !== "skipped" && outputs.some((output) => output.digest === digest)
}
