import type { Digest, GearId, JobId } from "@geartrain/spec"
import { type KnownJob, type Presence, whyUnproven } from "./known-job.ts"

/** How bytes can be made again, and what that takes. */
export interface Derivation {
  /** The job to run again. */
  readonly job: KnownJob
  readonly path: string
  readonly needs: {
    readonly jobs: readonly JobId[]
    readonly gears: readonly GearId[]
    /** Blobs of the store that are read on the way. */
    readonly blobs: readonly Digest[]
  }
}

export interface Derived {
  readonly possible: ReadonlyMap<Digest, Derivation>
  /** Why the others have to stay: a sentence that goes on from "kept: ". */
  readonly impossible: ReadonlyMap<Digest, string>
}

export interface DerivingFrom {
  /** Jobs by the digests of their outputs, those first that are to be preferred. */
  readonly makers: ReadonlyMap<Digest, readonly KnownJob[]>
  readonly stored: ReadonlySet<Digest>
  /** Bytes that were freed before: no job can read them, but they may be made again on the way. */
  readonly freed: ReadonlySet<Digest>
  readonly presence: Presence
  readonly trust: Trust
}

/**
 * Which jobs are taken to make their outputs again: those that were seen to, those that were never seen not to, or all that can be carried out
 * again, since what they make will be looked at.
 */
export type Trust = "proven" | "unverified" | "any"

/**
 * Tells which blobs could go all at once and be made again from what stays: the rest of the store, and inputs that lie outside of it.
 *
 * Where one can only be made from another, and that from the first, one of them stays.
 */
export async function deriveBlobs(wanted: readonly Digest[], from: DerivingFrom): Promise<Derived> {
  const gone = new Set<Digest>([...wanted, ...from.freed])
  const pending = new Set(gone)
  const possible = new Map<Digest, Derivation>()
  const impossible = new Map<Digest, string>()
  while (pending.size > 0) {
    const left = await deriveAll(pending, { from, gone, possible })
    if (left.size === 0) break
    // What waits for nothing stays for good, and may be what others wait for. Of a circle, one has to stay.
    const lost = [...left].filter(([, { waits }]) => !waits)
    for (const [digest, { why }] of lost.length > 0 ? lost : [...left].slice(0, 1)) {
      pending.delete(digest)
      impossible.set(digest, lost.length > 0 ? why : IN_A_CIRCLE)
      if (from.stored.has(digest)) gone.delete(digest)
    }
  }
  return { possible, impossible }
}

const IN_A_CIRCLE = "it is made from bytes that are made from it"

interface Deriving {
  readonly from: DerivingFrom
  readonly gone: ReadonlySet<Digest>
  readonly possible: Map<Digest, Derivation>
}

interface Obstacle {
  readonly why: string
  /** It could be made from bytes of which is not known yet whether they can be. */
  readonly waits: boolean
}

/** Goes through what is pending until nothing more can be derived. */
async function deriveAll(pending: Set<Digest>, deriving: Deriving): Promise<ReadonlyMap<Digest, Obstacle>> {
  for (;;) {
    const left = new Map<Digest, Obstacle>()
    let found = false
    for (const digest of pending) {
      const derived = await deriveOne(digest, pending, deriving)
      if ("why" in derived) left.set(digest, derived)
      else {
        deriving.possible.set(digest, derived)
        pending.delete(digest)
        found = true
      }
    }
    if (!found) return left
  }
}

async function deriveOne(
  digest: Digest,
  pending: ReadonlySet<Digest>,
  deriving: Deriving,
): Promise<Derivation | Obstacle> {
  let first: Obstacle | undefined
  for (const job of deriving.from.makers.get(digest) ?? []) {
    const derived = await deriveBy(job, digest, { ...deriving, pending })
    if (!("why" in derived)) return derived
    if (first === undefined || (derived.waits && !first.waits)) first = derived
  }
  return first ?? { why: "no job that is recorded made it", waits: false }
}

async function deriveBy(
  job: KnownJob,
  digest: Digest,
  { from, gone, possible, pending }: Deriving & { readonly pending: ReadonlySet<Digest> },
): Promise<Derivation | Obstacle> {
  const { path = "" } = job.outputs.find((output) => output.digest === digest) ?? {}
  const doubt = job.never ?? (from.trust === "any" ? undefined : whyDoubted(job, path, from.trust))
  if (doubt !== undefined) return { why: doubt, waits: false }
  if (!(await from.presence.hasGear(job.gear.id)))
    return { why: `gear "${job.gear.name}@${job.gear.version}" is no longer stored`, waits: false }
  const jobs = new Set([job.id])
  const gears = new Set([job.gear.id])
  const blobs = new Set<Digest>()
  for (const input of job.inputs) {
    const way = possible.get(input.digest)
    if (from.stored.has(input.digest) && !gone.has(input.digest)) blobs.add(input.digest)
    else if (way !== undefined) {
      for (const id of way.needs.jobs) jobs.add(id)
      for (const id of way.needs.gears) gears.add(id)
      for (const blob of way.needs.blobs) blobs.add(blob)
    } else if (!(await from.presence.isUnchanged(input))) {
      if (input.digest === digest) return { why: IN_A_CIRCLE, waits: false }
      const where = input.path === undefined ? "" : ` at "${input.path}"`
      const waits = pending.has(input.digest)
      return { why: `input "${input.name}" of its job is neither stored nor unchanged${where}`, waits }
    }
  }
  return { job, path, needs: { jobs: [...jobs], gears: [...gears], blobs: [...blobs] } }
}

function whyDoubted(job: KnownJob, path: string, trust: Trust): string | undefined {
  if (!job.isOwn) return "it came of a verification alone"
  if (job.doubt !== undefined) return job.doubt
  const unproven = whyUnproven(job, path)
  return unproven?.isTried === true || trust === "proven" ? unproven?.why : undefined
}
