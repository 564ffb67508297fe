import { type Digest, isEnded, type JobId } from "@geartrain/spec"
import { deriveBlobs } from "../../engine/freeing/derive-blobs.ts"
import { type KnownJob, knownJob } from "../../engine/freeing/known-job.ts"
import { makersOf } from "../../engine/freeing/plan-freeing.ts"
import { lookAround } from "../../engine/freeing/read-holdings.ts"
import { type Freeing, freeBlobs } from "../../stores/filesystem/upkeep/free-blobs.ts"
import type { WorkflowJobs } from "../../workflows/workflow-jobs.ts"
import type { Engine } from "../open-engine.ts"

/** A file's time is a tick of the kernel behind the clock, and the end of a job is noted before its record is. */
const TOUCH_MARGIN_MS = 2000

/**
 * Frees outputs of jobs whose readers are done: those that can be made again, that no other job gave, that no running job reads, and that
 * nobody has stored or touched since.
 *
 * What was never verified goes as well: whoever chose a policy of clean-up chose that. What came out otherwise when it was verified stays.
 */
export function freeOutputs(engine: Engine): WorkflowJobs["free"] {
  const known = new Map<JobId, KnownJob>()
  return async (jobs, outputs) => {
    const own = await readJobs(jobs, engine, known)
    const makers = new Map<JobId, KnownJob>(own.map((job) => [job.id, job]))
    const stored = new Set<Digest>()
    const freed = new Set<Digest>()
    await addAncestry(own, { engine, known, makers, stored, freed })
    const wanted: Digest[] = []
    for (const digest of new Set(outputs)) {
      if (await isOthers(digest, { own: new Set(jobs), engine, known })) continue
      if ((await engine.blobs.stat(digest)) === undefined) continue
      stored.add(digest)
      wanted.push(digest)
    }
    const { possible } = await deriveBlobs(wanted, {
      ...{ makers: makersOf([...makers.values()]), stored, freed },
      ...{ presence: lookAround(engine), trust: "unverified" },
    })
    const free = wanted.flatMap((digest): readonly Freeing[] => {
      const way = possible.get(digest)
      return way === undefined ? [] : [{ digest, needs: way.needs, untouchedSinceMs: endOf(digest, own) }]
    })
    const { stores } = engine
    const gone = await freeBlobs({ store: stores, guard: stores.guard }, free)
    return { digests: gone.map(({ digest }) => digest), bytes: gone.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) }
  }
}

function endOf(digest: Digest, own: readonly KnownJob[]): number {
  const ends = own
    .filter(({ outputs }) => outputs.some((output) => output.digest === digest))
    .map(({ ended }) => Date.parse(ended))
  return Math.max(0, ...ends) + TOUCH_MARGIN_MS
}

interface Ancestry {
  readonly engine: Engine
  readonly known: Map<JobId, KnownJob>
  readonly makers: Map<JobId, KnownJob>
  readonly stored: Set<Digest>
  readonly freed: Set<Digest>
}

/** What the jobs read, and where that is gone, the jobs that made it, and what these read. */
async function addAncestry(own: readonly KnownJob[], to: Ancestry): Promise<void> {
  const open = own.flatMap(({ inputs }) => inputs.map(({ digest }) => digest))
  for (let digest = open.pop(); digest !== undefined; digest = open.pop()) {
    if (to.stored.has(digest) || to.freed.has(digest)) continue
    if ((await to.engine.blobs.stat(digest)) !== undefined) {
      to.stored.add(digest)
      continue
    }
    to.freed.add(digest)
    for (const job of await readJobs(await to.engine.jobs.naming(digest), to.engine, to.known)) {
      if (to.makers.has(job.id) || job.outputs.every((output) => output.digest !== digest)) continue
      to.makers.set(job.id, job)
      open.push(...job.inputs.map((input) => input.digest))
    }
  }
}

/** Whether somebody else's job gave these bytes too, or they are the log of one. */
async function isOthers(
  digest: Digest,
  {
    own,
    engine,
    known,
  }: { readonly own: ReadonlySet<JobId>; readonly engine: Engine; readonly known: Map<JobId, KnownJob> },
): Promise<boolean> {
  const naming = await readJobs(await engine.jobs.naming(digest), engine, known)
  return naming.some(
    (job) =>
      job.log === digest ||
      job.outputs.some((output) => output.digest === digest && output.path === ".metadata.json") ||
      (!own.has(job.id) && job.isOwn && job.outputs.some((output) => output.digest === digest)),
  )
}

/** Those that have ended. */
async function readJobs(
  ids: readonly JobId[],
  { jobs }: Pick<Engine, "jobs">,
  known: Map<JobId, KnownJob>,
): Promise<readonly KnownJob[]> {
  const found: KnownJob[] = []
  for (const id of ids) {
    const before = known.get(id)
    if (before !== undefined) {
      found.push(before)
      continue
    }
    const record = await jobs.get(id)
    if (record === undefined || !isEnded(record.state)) continue
    const job = knownJob(record)
    known.set(id, job)
    found.push(job)
  }
  return found
}
