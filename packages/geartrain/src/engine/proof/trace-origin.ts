import type { Digest, JobId, JobRecord } from "@geartrain/spec"
import type { Stores } from "../engine-ports.ts"

/** One job on the way to a file, or on from it. */
export interface OriginStep {
  readonly job: JobRecord
  /** The names under which the job made or read the bytes: paths of outputs, or names of inputs. */
  readonly names: readonly string[]
  /** Where its inputs came from, or where its outputs went to; empty where that was told at an earlier step already. */
  readonly next: readonly FileOrigin[]
}

/** Bytes, and the jobs that made them (backward) or read them (forward). */
export interface FileOrigin {
  readonly digest: Digest
  /** As the job knows them that the way came from; the name that the user gave, for the first. */
  readonly name: string
  readonly steps: readonly OriginStep[]
  /** True where the way goes on, and was not followed any further. */
  readonly cut?: true
}

/** Backward: which jobs made these bytes, and from what. Forward: which jobs read them, and what those made. */
export type Direction = "backward" | "forward"

/** Deeper chains are cut there, and say so. */
const DEEPEST = 100

/**
 * Follows bytes by their digest through all recorded jobs, as far as there are records. Names and places do not count: a file that was
 * copied, renamed or sent to somebody is still the same.
 */
export async function traceOrigin(
  file: { readonly digest: Digest; readonly name: string },
  direction: Direction,
  stores: Pick<Stores, "jobs">,
): Promise<FileOrigin> {
  return follow(file, { direction, stores, told: new Set(), depth: 0 })
}

interface Way {
  readonly direction: Direction
  readonly stores: Pick<Stores, "jobs">
  /** Jobs that were told already: a job that hands a file through would send us round for ever. */
  readonly told: Set<JobId>
  readonly depth: number
}

async function follow(file: { readonly digest: Digest; readonly name: string }, way: Way): Promise<FileOrigin> {
  const steps: OriginStep[] = []
  let cut = false
  for (const id of await way.stores.jobs.naming(file.digest)) {
    const job = await way.stores.jobs.get(id)
    const ends = job === undefined ? undefined : endsOf(job, way.direction)
    const names = ends?.here.filter(({ digest }) => digest === file.digest).map(({ name }) => name) ?? []
    if (job === undefined || ends === undefined || names.length === 0) continue
    const isNew = !way.told.has(id)
    way.told.add(id)
    const goesOn = isNew && way.depth < DEEPEST
    cut ||= isNew && !goesOn
    const next: FileOrigin[] = []
    if (goesOn) for (const end of ends.there) next.push(await follow(end, { ...way, depth: way.depth + 1 }))
    steps.push({ job, names, next })
  }
  return { digest: file.digest, name: file.name, steps, ...(cut ? { cut } : {}) }
}

interface End {
  readonly name: string
  readonly digest: Digest
}

/** What a job has at the end where the way arrives, and at the other. */
function endsOf(
  job: JobRecord,
  direction: Direction,
): { readonly here: readonly End[]; readonly there: readonly End[] } {
  const made = job.outputs.map(({ path, digest }) => ({ name: path, digest }))
  const read = Object.entries(job.invocation.inputs).flatMap(([name, input]) =>
    input.base === "file" ? [{ name, digest: input.digest }] : [],
  )
  return direction === "backward" ? { here: made, there: read } : { here: read, there: made }
}
