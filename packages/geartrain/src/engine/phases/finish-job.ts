import { isGeartrainError, type JobRecord, type JobState } from "@geartrain/spec"
import { monotonicMs, nowIso } from "../../system/clock.ts"
import { existsSync, rm } from "../../system/files.ts"
import { removeIfSmall } from "../../system/linux/small-folders.ts"
import { systemCode } from "../../system/system-code.ts"
import type { IsHeld, Stores } from "../engine-ports.ts"
import type { JobFolders } from "../job-folders.ts"
import type { Clearing } from "../life/clearing.ts"
import { type Collected, collectOutputs } from "./collect-outputs.ts"
import { failure } from "./explain-failure.ts"
import { metadataFailure } from "./metadata-failure.ts"

/** How a job is finished that this process has carried out. */
export interface Finishing {
  /** Which outputs are not stored: see `JobRequest`. */
  readonly isHeld?: IsHeld | undefined
  /** Resolves when the provider has nothing in the folders any more. Absent: it has not. */
  readonly released?: Promise<void> | undefined
  /** Removes the folders while other things are done. Absent: at once. */
  readonly clearing?: Clearing
}

/** Without a limit of the user's, one output file may be as long as no file system of today holds. */
const ANY_LENGTH = Number.MAX_SAFE_INTEGER

/**
 * Takes outputs and log of an executed job into the store, ends its record, and removes its folders.
 *
 * May be done again by another process when the first was killed half-way: what is stored already is found again.
 *
 * @returns the ended record, or the one that another process ended before.
 */
export async function finishJob(
  record: JobRecord,
  folders: JobFolders,
  stores: Pick<Stores, "blobs" | "jobs"> & Finishing,
): Promise<JobRecord> {
  const start = monotonicMs()
  const collected = await collect(record, folders, stores)
  const promises =
    record.promised === undefined ? undefined : await checkPromises(record.id, collected, record.promised)
  const found =
    record.failure ??
    collected.failed?.failure ??
    promises?.failure ??
    (await metadataFailure(record.id, collected, stores))
  const { logLines, phase: _phase, ...rest } = { ...record, ...(found === undefined ? {} : { failure: found }) }
  const ended: JobRecord = {
    ...rest,
    state: stateOf(rest),
    outputs: promises?.outputs ?? collected.outputs,
    skippedOutputs: collected.skipped,
    ...(collected.log === undefined
      ? {}
      : { log: { ...collected.log, ...(logLines ?? { lines: 0, droppedBytes: 0 }) } }),
    ended: nowIso(),
    phasesMs: { ...record.phasesMs, collecting: Math.round((monotonicMs() - start) * 10) / 10 },
  }
  const isOurs = await stores.jobs.update(ended, "running")
  // Outputs that could not be stored stay where the gear put them, and the record names the place.
  const clear = async (): Promise<void> => {
    await stores.released
    if (collected.failed !== undefined) return
    // What has no exit may have left a process that cannot be killed.
    if (stores.clearing?.folders.keep(folders.base, { hasEnded: record.exit !== undefined }) === true) return
    await remove(folders.base)
  }
  await (stores.clearing === undefined ? clear() : stores.clearing.later(folders.base, clear))
  return isOurs ? ended : ((await stores.jobs.get(record.id)) ?? ended)
}

/** Few gears promise anything, and the others load nothing for it. */
async function checkPromises(
  id: JobRecord["id"],
  collected: Collected,
  promised: NonNullable<JobRecord["promised"]>,
): Promise<{ readonly failure: JobRecord["failure"]; readonly outputs: Collected["outputs"] }> {
  const { markOutputs, missingOutput } = await import("./promised-outputs.ts")
  return { failure: missingOutput(id, collected, promised), outputs: markOutputs(collected.outputs, promised) }
}

interface Collection extends Collected {
  readonly log?: { readonly digest: NonNullable<JobRecord["log"]>["digest"]; readonly sizeBytes: number }
  /** Set when the outputs could not be taken. */
  readonly failed?: Pick<JobRecord, "failure">
}

const NOTHING: Collection = { outputs: [], skipped: [] }

/** Collects; when the disk is full, once more after what the gear left elsewhere has made room. */
async function collect(
  record: JobRecord,
  folders: JobFolders,
  stores: Pick<Stores, "blobs"> & Finishing,
): Promise<Collection> {
  try {
    try {
      return await takeIn(record, folders, stores)
    } catch (error) {
      if (!isDiskFull(error)) throw error
      await stores.released
      for (const folder of [folders.box, folders.scratch, folders.temporary, folders.home]) await remove(folder)
      return await takeIn(record, folders, stores)
    }
  } catch (error) {
    return { ...NOTHING, failed: { failure: record.failure ?? uncollected(error, folders.output) } }
  }
}

async function takeIn(
  record: JobRecord,
  folders: JobFolders,
  stores: Pick<Stores, "blobs"> & Finishing,
): Promise<Collection> {
  const maxBytes = record.limits.outputBytes ?? ANY_LENGTH
  const { blobs, isHeld } = stores
  // Both wait for the disk. When one fails, the other has to be over before anything is made of that.
  const [log, collected] = await Promise.allSettled([
    existsSync(folders.log) ? blobs.adopt(folders.log, { keep: true }) : undefined,
    existsSync(folders.output) ? collectOutputs(folders.output, blobs, { maxBytes, isHeld }) : NOTHING,
  ])
  if (log.status === "rejected") throw log.reason
  if (collected.status === "rejected") throw collected.reason
  return { ...collected.value, ...(log.value === undefined ? {} : { log: log.value }) }
}

async function remove(folder: string): Promise<void> {
  if (!removeIfSmall(folder)) await rm(folder, { recursive: true, force: true })
}

/** The gear did its work, and its outputs are lost: the job has failed, however the gear ended. */
function uncollected(error: unknown, folder: string): NonNullable<JobRecord["failure"]> {
  const evidence = error instanceof Error ? error.message : String(error)
  const next = `cp -a '${folder}' .`
  if (isDiskFull(error))
    return failure("DISK_FULL", { message: "The disk is full: the outputs could not be stored", evidence, next })
  return failure("OUTPUT_UNREADABLE", { message: "The outputs could not be stored", evidence, next })
}

export function isDiskFull(error: unknown): boolean {
  return systemCode(error) === "ENOSPC" || isGeartrainError(error, "STORE_FULL")
}

function stateOf(record: Pick<JobRecord, "failure">): JobState {
  if (record.failure === undefined) return "complete"
  return record.failure.culprit === "user" ? "cancelled" : "failed"
}
