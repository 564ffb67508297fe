import type { Digest, GearId, JobId, JobRecord } from "@geartrain/spec"

/** What has to be known of a job that ended, to tell whether its outputs can be made again. */
export interface KnownJob {
  readonly id: JobId
  readonly gear: Pick<JobRecord["gear"], "id" | "name" | "version">
  readonly ended: string
  readonly tookMs: number
  /** Somebody wanted its outputs: it was not run to verify another. */
  readonly isOwn: boolean
  readonly destination?: string
  readonly outputs: readonly { readonly path: string; readonly digest: Digest; readonly sizeBytes: number }[]
  readonly inputs: readonly KnownInput[]
  readonly log?: Digest
  readonly history: JobRecord["history"]
  /** Why it cannot be carried out again, whatever there is. */
  readonly never?: string
  /** Why it may not give the same again, whatever was seen. */
  readonly doubt?: string
}

export interface KnownInput {
  readonly name: string
  readonly digest: Digest
  /** Where it lay. */
  readonly path?: string
}

/** What of all that a job needs is there. */
export interface Presence {
  hasGear(id: GearId): Promise<boolean>
  /** Whether a file outside of the store still is what a job read. */
  isUnchanged(input: KnownInput): Promise<boolean>
}

/** Takes from the record of a job that ended what counts here. */
export function knownJob(record: JobRecord): KnownJob {
  const { invocation, gear } = record
  const never = whyNever(record)
  const doubt = whyDoubtful(record)
  return {
    id: record.id,
    gear: { id: gear.id, name: gear.name, version: gear.version },
    ended: record.ended ?? record.created,
    tookMs: record.usage?.wallMs ?? 0,
    isOwn: record.forVerification !== true,
    ...(invocation.destination === undefined ? {} : { destination: invocation.destination.id }),
    outputs: record.outputs.map(({ path, digest, sizeBytes }) => ({ path, digest, sizeBytes })),
    inputs: Object.entries(invocation.inputs).flatMap(([name, input]) => {
      if (input.base !== "file") return []
      const path = Object.hasOwn(record.inputs, name) ? record.inputs[name]?.path : undefined
      return [{ name, digest: input.digest, ...(path === undefined ? {} : { path }) }]
    }),
    ...(record.log === undefined ? {} : { log: record.log.digest }),
    history: record.history,
    ...(never === undefined ? {} : { never }),
    ...(doubt === undefined ? {} : { doubt }),
  }
}

/** Sentences that go on from "kept: ". */
function whyNever({ gear, invocation, conditions }: JobRecord): string | undefined {
  if (gear.development === true) return "its gear was a folder, of which no copy is kept"
  if (conditions !== undefined) return "its job was an experiment, held to conditions of its own"
  const key = Object.entries(invocation.inputs).find(([, input]) => input.base === "api-key")
  return key === undefined ? undefined : `its job was given a key ("${key[0]}"), and keys are in no record`
}

function whyDoubtful({ state, invocation }: JobRecord): string | undefined {
  if (state !== "complete") return `its job ended as ${state}`
  return invocation.network === "outbound" ? "its job had the network, and what it found there may be gone" : undefined
}

/**
 * Tells what speaks against an output's coming out the same again.
 *
 * @returns undefined where it has come out the same whenever its job was verified, once at least.
 */
export function whyUnproven(
  job: KnownJob,
  path: string,
): { readonly why: string; readonly isTried: boolean } | undefined {
  const decided = job.history.filter(({ verdict }) => verdict !== "undecided")
  const otherwise = decided.find(
    ({ verdict, differences }) =>
      differences.some((difference) => difference.path === path) ||
      (verdict === "different" && differences.length === 0),
  )
  if (otherwise !== undefined)
    return { why: `it came out otherwise when its job was verified on ${otherwise.at.slice(0, 10)}`, isTried: true }
  return decided.length === 0 ? { why: `its job was never verified: gear verify ${job.id}`, isTried: false } : undefined
}
