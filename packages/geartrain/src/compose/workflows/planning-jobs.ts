import type { JobHistory } from "@geartrain/ports"
import { type Digest, type GearId, type InvocationDigest, isAccepted, type JobRecord } from "@geartrain/spec"
import { readInput } from "../../engine/phases/read-input.ts"
import type { GearForm } from "../../engine/request/make-invocation.ts"
import type { Settings } from "../../settings/settings.ts"
import type { Presence, ReusableJob, WorkflowJobs } from "../../workflows/workflow-jobs.ts"
import type { Engine } from "../open-engine.ts"
import { orderedInvocation } from "./ordered-invocation.ts"
import { resolveStepGear } from "./resolve-step-gear.ts"

/** What planning asks of whoever carries out jobs. */
export type PlanningJobs = Pick<WorkflowJobs, "resolveGear" | "readFile" | "invocationOf" | "findSame" | "presence">

/** The planning half of `WorkflowJobs`, over the engine on this machine: nothing is run by it. */
export function planningJobs(engine: Engine, settings: Pick<Settings, "cache">): PlanningJobs {
  const forms = new Map<GearId, GearForm>()
  return {
    resolveGear: (reference, folder) => resolveStepGear(reference, { folder, engine, settings }),
    readFile: async (path, name, input = name) => {
      const { digest, sizeBytes, path: place } = await readInput(input, path, { digests: engine.inputDigests })
      return { name, digest, sizeBytes, path: place }
    },
    invocationOf: (order) => orderedInvocation(order, forms),
    findSame: (digests, acceptExitCodes) => findSame(digests, acceptExitCodes, engine.stores.history),
    presence: (digests) => presence(digests, engine),
  }
}

async function findSame(
  digests: readonly InvocationDigest[],
  acceptExitCodes: readonly number[] | undefined,
  history: Pick<JobHistory, "standing" | "failed">,
): Promise<ReadonlyMap<InvocationDigest, ReusableJob>> {
  const found = new Map<InvocationDigest, ReusableJob>()
  for (const [digest, record] of await history.standing(digests)) found.set(digest, reusable(record))
  if (acceptExitCodes === undefined || acceptExitCodes.length === 0) return found
  const rest = digests.filter((digest) => !found.has(digest))
  for (const [digest, record] of await history.failed(rest, acceptExitCodes))
    if (isAccepted(record, acceptExitCodes)) found.set(digest, reusable(record))
  return found
}

function reusable({ id, outputs, usage, ended, created }: JobRecord): ReusableJob {
  return { id, outputs, wallMs: usage?.wallMs ?? 0, ended: ended ?? created }
}

/** So many files are looked at at one time. */
const LOOKS = 32

async function presence(
  digests: readonly Digest[],
  { blobs, jobs }: Pick<Engine, "blobs" | "jobs">,
): Promise<ReadonlyMap<Digest, Presence>> {
  const found = new Map<Digest, Presence>()
  const gone: Digest[] = []
  const wanted = [...new Set(digests)]
  for (let start = 0; start < wanted.length; start += LOOKS) {
    await Promise.all(
      wanted.slice(start, start + LOOKS).map(async (digest) => {
        if ((await blobs.stat(digest)) === undefined) gone.push(digest)
        else found.set(digest, "stored")
      }),
    )
  }
  if (gone.length === 0) return found
  // There may be as many as a run has jobs, each of which is looked at before it begins: mostly all is stored, and nobody asks.
  const freed = new Set((await jobs.listFreed()).map(({ digest }) => digest))
  for (const digest of gone) found.set(digest, freed.has(digest) ? "freed" : "missing")
  return found
}
