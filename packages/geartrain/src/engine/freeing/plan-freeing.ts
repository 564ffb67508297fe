import type { Digest } from "@geartrain/spec"
import { type Derivation, deriveBlobs } from "./derive-blobs.ts"
import { type FreeingPolicy, USUAL_LEAST_BYTES } from "./freeing-policy.ts"
import type { KnownJob, Presence } from "./known-job.ts"

/** A store as far as freeing is concerned. */
export interface Holdings {
  /** Jobs that have ended. */
  readonly jobs: readonly KnownJob[]
  readonly stored: ReadonlyMap<Digest, number>
  readonly freed: ReadonlySet<Digest>
  /** What jobs that run read and write. */
  readonly busy: ReadonlySet<Digest>
  /** All of it: what `downToBytes` is about. */
  readonly storedBytes: number
}

interface Blob {
  readonly digest: Digest
  readonly sizeBytes: number
  /** Of a job that made it, somebody's own rather than a verification. */
  readonly job: KnownJob
  readonly path: string
  /** ISO 8601: when a job made or read it last. */
  readonly lastUsed: string
}

export interface FreeableBlob extends Blob {
  readonly way: Derivation
}

export interface KeptBlob extends Blob {
  readonly why: string
}

export interface FreeingPlan {
  /** In the order in which they go: what was not used for longest first. */
  readonly free: readonly FreeableBlob[]
  /** What the policy is about, and has to stay. */
  readonly kept: readonly KeptBlob[]
}

/** What a gear says of its files is part of the record. */
const RECORD_FILES: ReadonlySet<string> = new Set([".metadata.json"])

/**
 * Decides which outputs of a store may go, since the record is enough to make them again: of what the policy is about, that of which a job is
 * recorded that gave the same bytes when it was verified, and whose gear and inputs are there or can be made again themselves.
 *
 * @param now  Milliseconds since 1970.
 */
export async function planFreeing(
  holdings: Holdings,
  policy: FreeingPolicy,
  means: { readonly presence: Presence; readonly now: number },
): Promise<FreeingPlan> {
  const makers = makersOf(holdings.jobs)
  const meant = findMeant(holdings, policy, { makers, now: means.now })
  const { possible, impossible } = await deriveBlobs(
    meant.map(({ digest }) => digest),
    {
      makers,
      stored: new Set(holdings.stored.keys()),
      freed: holdings.freed,
      presence: means.presence,
      trust: policy.unverified === true ? "unverified" : "proven",
    },
  )
  const free = meant.flatMap((blob) => {
    const way = possible.get(blob.digest)
    return way === undefined ? [] : [{ ...blob, way }]
  })
  const kept = meant.flatMap((blob) => {
    const why = impossible.get(blob.digest)
    return why === undefined ? [] : [{ ...blob, why }]
  })
  return { free: enough(free, holdings.storedBytes, policy.downToBytes), kept }
}

/** Jobs by what they made: somebody's own before verifications, which have no history, and those with one before others. */
export function makersOf(jobs: readonly KnownJob[]): ReadonlyMap<Digest, readonly KnownJob[]> {
  const makers = new Map<Digest, KnownJob[]>()
  const preferred = jobs.toSorted((a, b) => rankOf(a) - rankOf(b))
  for (const job of preferred) {
    for (const digest of new Set(job.outputs.map((output) => output.digest))) {
      const known = makers.get(digest)
      if (known === undefined) makers.set(digest, [job])
      else known.push(job)
    }
  }
  return makers
}

function rankOf({ isOwn, history }: KnownJob): number {
  return (isOwn ? 0 : 2) + (history.length > 0 ? 0 : 1)
}

function findMeant(
  { jobs, stored, busy }: Holdings,
  policy: FreeingPolicy,
  { makers, now }: { readonly makers: ReadonlyMap<Digest, readonly KnownJob[]>; readonly now: number },
): readonly Blob[] {
  const { leastBytes = USUAL_LEAST_BYTES, olderThanMs = 0 } = policy
  const lastUsed = lastUses(jobs)
  const isRecord = recordBlobs(jobs)
  const latest = new Date(now - olderThanMs).toISOString()
  const meant: Blob[] = []
  for (const [digest, all] of makers) {
    const sizeBytes = stored.get(digest)
    const [job] = all
    if (job === undefined || sizeBytes === undefined || sizeBytes < leastBytes) continue
    if (busy.has(digest) || isRecord.has(digest)) continue
    const used = lastUsed.get(digest) ?? job.ended
    if (used > latest || !isOf(all, policy)) continue
    const { path = "" } = job.outputs.find((output) => output.digest === digest) ?? {}
    meant.push({ digest, sizeBytes, job, path, lastUsed: used })
  }
  return meant.toSorted(
    (a, b) => compare(a.lastUsed, b.lastUsed) || b.sizeBytes - a.sizeBytes || compare(a.digest, b.digest),
  )
}

/** When each blob was made or read last; a verification looks after it, and does not use it. */
function lastUses(jobs: readonly KnownJob[]): ReadonlyMap<Digest, string> {
  const uses = new Map<Digest, string>()
  for (const { isOwn, ended, outputs, inputs } of jobs) {
    if (!isOwn) continue
    for (const { digest } of [...outputs, ...inputs]) if ((uses.get(digest) ?? "") < ended) uses.set(digest, ended)
  }
  return uses
}

function recordBlobs(jobs: readonly KnownJob[]): ReadonlySet<Digest> {
  return new Set(
    jobs.flatMap(({ log, outputs }) => [
      ...(log === undefined ? [] : [log]),
      ...outputs.filter(({ path }) => RECORD_FILES.has(path)).map(({ digest }) => digest),
    ]),
  )
}

/** Bytes that another's job made as well are not this gear's or place's to let go. */
function isOf(makers: readonly KnownJob[], { gear, destination }: FreeingPolicy): boolean {
  const own = makers.filter(({ isOwn }) => isOwn)
  return (own.length > 0 ? own : makers).every(
    (job) =>
      (gear === undefined || [job.gear.name, `${job.gear.name}@${job.gear.version}`, job.gear.id].includes(gear)) &&
      (destination === undefined || job.destination === destination),
  )
}

function enough(free: readonly FreeableBlob[], storedBytes: number, downToBytes = 0): readonly FreeableBlob[] {
  let left = storedBytes
  return free.filter(({ sizeBytes }) => {
    if (left <= downToBytes) return false
    left -= sizeBytes
    return true
  })
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
