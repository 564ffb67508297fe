import { type Digest, isEnded, type JobId } from "@geartrain/spec"
import type { EnginePorts } from "../engine-ports.ts"
import { type KnownJob, knownJob } from "./known-job.ts"
import type { Holdings } from "./plan-freeing.ts"
import type { WantedOutput } from "./plan-restoring.ts"

/**
 * Reads the jobs that made some outputs, those that made what they read, and so on, and which of all these bytes are stored.
 *
 * @param files  Where inputs of the jobs that were named lie now: name to path.
 */
export async function readAncestry(
  wanted: readonly WantedOutput[],
  ports: Pick<EnginePorts, "jobs" | "blobs">,
  files: Readonly<Record<string, string>>,
): Promise<Pick<Holdings, "jobs" | "stored">> {
  const named = new Set(wanted.map(({ job }) => job))
  const jobs = new Map<JobId, KnownJob>()
  const stored = new Map<Digest, number>()
  const seen = new Set<Digest>()
  const open = wanted.map(({ digest }) => digest)
  for (let digest = open.pop(); digest !== undefined; digest = open.pop()) {
    if (seen.has(digest)) continue
    seen.add(digest)
    const blob = await ports.blobs.stat(digest)
    if (blob !== undefined) {
      stored.set(digest, blob.sizeBytes)
      continue
    }
    for (const id of await ports.jobs.naming(digest)) {
      const job = jobs.get(id) ?? (await readJob(id, ports, named.has(id) ? files : {}))
      if (job === undefined || job.outputs.every((output) => output.digest !== digest)) continue
      jobs.set(id, job)
      open.push(...job.inputs.map((input) => input.digest))
    }
  }
  return { jobs: [...jobs.values()], stored }
}

async function readJob(
  id: JobId,
  { jobs }: Pick<EnginePorts, "jobs">,
  files: Readonly<Record<string, string>>,
): Promise<KnownJob | undefined> {
  const record = await jobs.get(id)
  if (record === undefined || !isEnded(record.state)) return undefined
  const job = knownJob(record)
  const inputs = job.inputs.map((input) => {
    const path = Object.hasOwn(files, input.name) ? files[input.name] : undefined
    return path === undefined ? input : { ...input, path }
  })
  return { ...job, inputs }
}
