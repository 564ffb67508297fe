import type { Digest } from "@geartrain/spec"
import type { Datum } from "../datums/datum.ts"
import type { DatumDecision, DecideMeans, PipelinePlan } from "./decide.ts"

/** What can be done about outputs of jobs whose bytes were freed. */
export interface BringBackMeans {
  readonly jobs: Pick<DecideMeans["jobs"], "presence">
  /**
   * Runs the jobs again that gave these bytes, and stores what comes out with the same digests.
   *
   * @returns why the others are not there again: each a sentence that goes on from "it is stored no more, and ".
   * @throws what is not the fault of these bytes; the signal's reason.
   */
  readonly makeAgain: (
    digests: readonly Digest[],
    watching: { readonly signal?: AbortSignal; readonly force?: AbortSignal },
  ) => Promise<ReadonlyMap<Digest, string>>
  readonly signal?: AbortSignal
  readonly force?: AbortSignal
}

/**
 * Has the bytes made again that datums are about to read: outputs of other pipelines, which the store has no more. Nothing else is looked at, so what
 * is kept or reused costs nothing.
 *
 * @returns why some are not there again.
 */
export async function bringBack(
  { decisions }: Pick<PipelinePlan, "decisions">,
  { jobs, makeAgain, signal, force }: BringBackMeans,
): Promise<ReadonlyMap<Digest, string>> {
  const read = new Set<Digest>()
  for (const decision of decisions)
    if (decision.action === "run") for (const digest of readOutputs(decision)) read.add(digest)
  if (read.size === 0) return new Map()
  const presence = await jobs.presence([...read])
  const gone = [...read].filter((digest) => presence.get(digest) !== "stored")
  if (gone.length === 0) return new Map()
  return await makeAgain(gone, {
    ...(signal === undefined ? {} : { signal }),
    ...(force === undefined ? {} : { force }),
  })
}

/** What an order takes of outputs. Files of folders lie there, those of archives are fetched, and of some the gear knows only the names. */
function readOutputs({ order, datum }: Pick<DatumDecision, "order" | "datum">): readonly Digest[] {
  const taken = new Set([...order.files.values()].flatMap(({ digest, path }) => (path === undefined ? [digest] : [])))
  return outputFiles(datum).filter((digest) => taken.has(digest))
}

function outputFiles(datum: Datum): readonly Digest[] {
  return datum.flatMap(({ root, server, emptyFiles, files }) =>
    root === undefined && server === undefined && emptyFiles !== true ? files.map(({ digest }) => digest) : [],
  )
}

/** Why a datum cannot be done, as a sentence: something that it reads is gone for good. */
export function whyNotReadable(
  { order, datum }: Pick<DatumDecision, "order" | "datum">,
  lost: ReadonlyMap<Digest, string>,
): string | undefined {
  if (lost.size === 0) return undefined
  const outputs = new Set(outputFiles(datum))
  for (const [input, { digest, path }] of order.files) {
    const why = path === undefined && outputs.has(digest) ? lost.get(digest) : undefined
    if (why === undefined) continue
    const mend = "run this pipeline together with the one that gives it"
    return `Cannot give input "${input}": ${digest} is stored no more, and ${why}; ${mend}`
  }
  return undefined
}
