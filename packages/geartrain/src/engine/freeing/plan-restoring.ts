import { type Digest, GeartrainError, type JobRecord } from "@geartrain/spec"
import { type Derivation, deriveBlobs } from "./derive-blobs.ts"
import type { KnownJob, Presence } from "./known-job.ts"
import { type Holdings, makersOf } from "./plan-freeing.ts"

/** An output that somebody wants to have again. */
export interface WantedOutput {
  readonly job: JobRecord["id"]
  readonly path: string
  readonly digest: Digest
  readonly sizeBytes: number
}

/** A job to run again, and what of its outputs is wanted. */
export interface RestoringStep {
  readonly job: KnownJob
  readonly outputs: readonly WantedOutput[]
}

/**
 * Finds the jobs that have to run for bytes to be there again, in their order: those first whose outputs others read.
 *
 * @param holdings  The jobs that made the bytes, and what these read, and so on.
 * @throws {GeartrainError} JOB_NOT_REPLAYABLE with what is missing, when some of it cannot be made.
 */
export async function planRestoring(
  wanted: readonly WantedOutput[],
  holdings: Pick<Holdings, "jobs" | "stored">,
  presence: Presence,
): Promise<readonly RestoringStep[]> {
  const { steps, impossible } = await planPossible(wanted, holdings, presence)
  const lost = wanted.find(({ digest }) => impossible.has(digest))
  if (lost !== undefined) throw notRestorable(lost, impossible.get(lost.digest) ?? "")
  return steps
}

/**
 * The same for as much as can be made.
 *
 * @returns why the others cannot, too: a sentence that goes on from "cannot be made again: ".
 */
export async function planPossible(
  wanted: readonly WantedOutput[],
  holdings: Pick<Holdings, "jobs" | "stored">,
  presence: Presence,
): Promise<{ readonly steps: readonly RestoringStep[]; readonly impossible: ReadonlyMap<Digest, string> }> {
  const stored = new Set(holdings.stored.keys())
  const missing = new Set(
    holdings.jobs.flatMap(({ inputs }) => inputs.map(({ digest }) => digest)).filter((digest) => !stored.has(digest)),
  )
  const makers = preferring(new Set(wanted.map(({ job }) => job)), makersOf(holdings.jobs))
  const gone = wanted.filter(({ digest }) => !stored.has(digest))
  const { possible, impossible } = await deriveBlobs(
    gone.map(({ digest }) => digest),
    { makers, stored, freed: missing, presence, trust: "any" },
  )
  const lost = gone.flatMap(({ digest }) =>
    possible.has(digest) ? [] : [[digest, impossible.get(digest) ?? "no job that is recorded made it"] as const],
  )
  return { steps: await inOrder(gone, { possible, stored, presence }), impossible: new Map(lost) }
}

/** Of several jobs that made the same bytes, the one that was named. */
function preferring(
  named: ReadonlySet<string>,
  makers: ReadonlyMap<Digest, readonly KnownJob[]>,
): ReadonlyMap<Digest, readonly KnownJob[]> {
  return new Map(
    [...makers].map(([digest, jobs]) => [
      digest,
      jobs.toSorted((a, b) => Number(named.has(b.id)) - Number(named.has(a.id))),
    ]),
  )
}

interface Way {
  readonly possible: ReadonlyMap<Digest, Derivation>
  readonly stored: ReadonlySet<Digest>
  readonly presence: Presence
}

async function inOrder(wanted: readonly WantedOutput[], way: Way): Promise<readonly RestoringStep[]> {
  const steps = new Map<string, { readonly job: KnownJob; readonly outputs: WantedOutput[] }>()
  const visited = new Set<Digest>()
  const visit = async (digest: Digest): Promise<void> => {
    const derivation = way.possible.get(digest)
    if (derivation === undefined || visited.has(digest) || way.stored.has(digest)) return
    visited.add(digest)
    const { job, path } = derivation
    for (const input of job.inputs) if (!(await way.presence.isUnchanged(input))) await visit(input.digest)
    const step = steps.get(job.id) ?? { job, outputs: [] }
    const { sizeBytes = 0 } = job.outputs.find((output) => output.digest === digest) ?? {}
    step.outputs.push({ job: job.id, path, digest, sizeBytes })
    // A job whose first output was needed early comes early for all: what it reads was visited then.
    steps.set(job.id, step)
  }
  for (const { digest } of wanted) await visit(digest)
  return [...steps.values()]
}

function notRestorable({ job, path, digest }: WantedOutput, why: string): GeartrainError {
  return new GeartrainError("JOB_NOT_REPLAYABLE", `Cannot make "${path}" of job "${job}" again: ${why}`, {
    details: { id: job, path, digest },
    hint: `See what it was made from: gear whence ${digest}`,
  })
}
