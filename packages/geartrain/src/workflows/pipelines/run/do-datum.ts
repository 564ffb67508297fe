import { type Digest, isGeartrainError, type JobRecord } from "@geartrain/spec"
import type { StepOrder, WorkflowJobs } from "../../workflow-jobs.ts"
import type { PipelineArchives } from "../archive/pipeline-archives.ts"
import type { Datum } from "../datums/datum.ts"
import type { DatumRecord } from "../datums/datum-record.ts"
import { orderDatums } from "../datums/order-datum.ts"
import type { CheckedPipeline } from "../document/read-pipeline.ts"
import type { TreeFile } from "../folders/commit.ts"
import { whyNotReadable } from "./bring-back.ts"
import type { DatumDecision, DecideMeans } from "./decide.ts"
import { limitsOf } from "./limits-of.ts"

/** What running datums takes. */
export interface DoMeans extends Pick<DecideMeans, "emptyFile"> {
  /** Outputs that datums read and that are gone for good, with the reason. */
  readonly lost?: ReadonlyMap<Digest, string>
  readonly jobs: Pick<WorkflowJobs, "run" | "invocationOf">
  readonly archives: Pick<PipelineArchives, "bring">
  readonly signal?: AbortSignal
  readonly force?: AbortSignal
}

type Outcome = Pick<DatumRecord, "state" | "outputs"> &
  Partial<Pick<DatumRecord, "job" | "tries" | "wallMs" | "problem">>

/**
 * Runs a datum, as often as the pipeline says, and recovers it if that is allowed for.
 *
 * @throws what is no fault of the datum, such as a machine that runs no boxes; the signal's reason.
 */
export async function doDatum(decision: DatumDecision, checked: CheckedPipeline, means: DoMeans): Promise<Outcome> {
  const { tries = 1, recover } = checked.pipeline
  let last: Outcome = { state: "failed", outputs: [] }
  for (let attempt = 1; attempt <= tries; attempt++) {
    last = { ...(await tryOnce(decision, checked, means)), tries: attempt }
    if (last.state === "complete") return last
  }
  if (recover === undefined) return last
  const recovered: Outcome = { ...last, state: "recovered", outputs: [] }
  if (recover === "drop") return recovered
  return (await recovers(decision, checked, means)) ? recovered : last
}

async function tryOnce(
  { order, datum }: DatumDecision,
  { pipeline }: CheckedPipeline,
  means: DoMeans,
): Promise<Outcome> {
  const record = await run({ order, datum }, pipeline.resources, means)
  if (typeof record === "string") return { state: "failed", outputs: [], problem: record }
  const { id, state, outputs, usage, exit, failure } = record
  const done = { job: id, outputs, ...(usage === undefined ? {} : { wallMs: usage.wallMs }) }
  // The engine reads inputs anew where they look changed, and then does what nobody decided on.
  if (record.invocationDigest !== means.jobs.invocationOf(order).digest) {
    return {
      ...done,
      state: "failed",
      outputs: [],
      problem: "a file changed since it was committed; run the pipeline again",
    }
  }
  const accepted =
    failure?.reason === "NONZERO_EXIT" &&
    exit?.signal === undefined &&
    pipeline.acceptExitCodes?.includes(exit?.code ?? 0)
  if (state === "complete" || accepted === true) return { ...done, state: "complete" }
  return { ...done, state: "failed", outputs: [], problem: failure?.message ?? `the job is ${state}` }
}

/** @returns a sentence where there is no record, and the datum's own files are to blame. */
async function run(
  { order, datum }: Pick<DatumDecision, "order" | "datum">,
  resources: CheckedPipeline["pipeline"]["resources"],
  { jobs, archives, lost, signal, force }: DoMeans,
): Promise<JobRecord | string> {
  signal?.throwIfAborted()
  const problem = lost === undefined ? undefined : whyNotReadable({ order, datum }, lost)
  if (problem !== undefined) return problem
  try {
    for (const [server, files] of filesToBring(order, datum)) await archives.bring(server, files, signal)
    const record = await jobs.run(order, {
      limits: limitsOf(resources),
      ...(signal === undefined ? {} : { signal }),
      ...(force === undefined ? {} : { force }),
    })
    signal?.throwIfAborted()
    return record
  } catch (error) {
    if (isGeartrainError(error) && /^(INPUT|BLOB|ARCHIVE_FILE|WORKFLOW_BYTES|INVOCATION)_/.test(error.code))
      return error.message
    throw error
  }
}

/** What an order takes of archives, by server. Files that a gear knows by their names alone, or that it takes not, stay where they are. */
function filesToBring(order: StepOrder, datum: Datum): ReadonlyMap<string, readonly TreeFile[]> {
  const taken = new Set([...order.files.values()].map(({ digest }) => digest))
  const wanted = new Map<string, TreeFile[]>()
  for (const { server, files, emptyFiles } of datum) {
    if (server === undefined || emptyFiles === true) continue
    const some = wanted.get(server) ?? []
    for (const file of files) if (taken.has(file.digest)) some.push(file)
    wanted.set(server, some)
  }
  return wanted
}

/** Gives the files to the gear that recovers. */
async function recovers(decision: DatumDecision, checked: CheckedPipeline, means: DoMeans): Promise<boolean> {
  const { recover } = checked.pipeline
  if (checked.recoverGear === undefined || typeof recover !== "object") return false
  const config = recover.config ?? {}
  const order = orderDatums({ gear: checked.recoverGear, config, emptyFile: means.emptyFile })(decision.datum)
  const record = await run({ order, datum: decision.datum }, checked.pipeline.resources, means)
  return typeof record !== "string" && record.state === "complete"
}
