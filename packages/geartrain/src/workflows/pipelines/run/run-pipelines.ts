import type { JsonObject } from "@geartrain/spec"
import type { KnownFile } from "@geartrain/spec/workflow"
import { randomHex } from "../../../system/random.ts"
import type { WorkflowJobs } from "../../workflow-jobs.ts"
import type { PipelineArchives } from "../archive/pipeline-archives.ts"
import type { DatumRecord } from "../datums/datum-record.ts"
import { type FolderInput, folderInputs } from "../document/input-tree.ts"
import { orderPipelines } from "../document/order-pipelines.ts"
import type { CheckedPipeline } from "../document/read-pipeline.ts"
import { COMMIT_FORMAT, type Commit, type DatumCounts, type PipelineOrigin } from "../folders/commit.ts"
import { type CommitStore, outputOf } from "../folders/commit-store.ts"
import { treeDigest } from "../folders/tree.ts"
import { type BringBackMeans, bringBack } from "./bring-back.ts"
import { type DecideOptions, decideDatums, type PipelinePlan } from "./decide.ts"
import { mergeOutputs } from "./merge-outputs.ts"
import { type CommittedFolders, commitFolders } from "./read-folders.ts"
import { type DatumDone, runDatums } from "./run-datums.ts"
import { openSources, type Source } from "./sources.ts"

export interface PipelineMeans {
  readonly jobs: WorkflowJobs
  readonly archives: PipelineArchives
  readonly store: CommitStore
  readonly emptyFile: KnownFile
  readonly makeAgain: BringBackMeans["makeAgain"]
  readonly now: () => string
  /** Datums at one time, where a pipeline does not say it. */
  readonly parallel: number
  readonly signal?: AbortSignal
  readonly force?: AbortSignal
  readonly onPlan?: (plan: PipelinePlan) => void
  readonly onDone?: (pipeline: string, ...done: Parameters<DatumDone>) => void
}

export interface RunPipelinesOptions extends DecideOptions {
  /** Go on with pipelines that read of one with failed datums. */
  readonly keepGoing?: boolean
}

/** What came of one pipeline. */
export interface PipelineRun {
  readonly pipeline: string
  /** `unchanged`: there was nothing to do, and the newest commit is that of before. `not-run`: it reads of a pipeline with failed datums. */
  readonly state: "complete" | "failed" | "unchanged" | "not-run"
  readonly commit?: Commit
  readonly counts?: DatumCounts
  readonly datums: readonly DatumRecord[]
  /** Of datums that are gone. */
  readonly removed: readonly DatumRecord[]
  readonly warnings: readonly string[]
  /** For `not-run`. */
  readonly because?: string
}

/**
 * Commits the folders and places that pipelines read, does what is new or changed, and commits what came of it: each pipeline after those that it reads of. All
 * commits that come of it have one id.
 *
 * What was done is found again by its content, so that a run that was cut short goes on in the next.
 *
 * @throws {GeartrainError} PIPELINE_…, FOLDER_IN_USE; whatever carrying out jobs throws that is no datum's fault; the signal's reason.
 */
export async function runPipelines(
  pipelines: readonly CheckedPipeline[],
  means: PipelineMeans,
  options: RunPipelinesOptions = {},
): Promise<{ readonly id: string; readonly runs: readonly PipelineRun[] }> {
  const ordered = orderPipelines(pipelines)
  const id = randomHex(12)
  const folders = await commitFolders(ordered, { ...means, id, now: means.now() })
  const runs: PipelineRun[] = []
  for (const checked of ordered) {
    const failed = failedBefore(checked, runs)
    if (failed !== undefined && options.keepGoing !== true) {
      const because = `it reads of "${failed}", which has failed datums`
      runs.push({ pipeline: checked.pipeline.name, state: "not-run", datums: [], removed: [], warnings: [], because })
    } else {
      const readBy = ordered.find((other) => readsOf(other).includes(checked.pipeline.name))?.pipeline.name
      runs.push(await runOne(checked, { ...means, id, folders }, { ...options, ...(readBy && { readBy }) }))
    }
  }
  return { id, runs }
}

function failedBefore(checked: CheckedPipeline, runs: readonly PipelineRun[]): string | undefined {
  const reads = readsOf(checked)
  return runs.find(({ pipeline, state }) => reads.includes(pipeline) && (state === "failed" || state === "not-run"))
    ?.pipeline
}

/** Names of the pipelines whose outputs it reads. */
function readsOf({ pipeline: { input } }: CheckedPipeline): readonly string[] {
  return folderInputs(input).flatMap(({ pipeline }) => pipeline ?? [])
}

async function runOne(
  checked: CheckedPipeline,
  means: PipelineMeans & { readonly id: string; readonly folders: CommittedFolders },
  options: DecideOptions,
): Promise<PipelineRun> {
  const { pipeline, gear } = checked
  const of = outputOf(pipeline.name)
  const held = await means.store.hold(of)
  try {
    const sources = await openSources(checked, means.folders, means.store)
    const plan = await decideDatums({ checked, sources }, means, options)
    means.onPlan?.(plan)
    const number = (plan.before?.commit.number ?? 0) + 1
    const lost = await bringBack(plan, means)
    const { onDone, ...rest } = means
    const datums = await runDatums(plan, {
      ...rest,
      lost,
      parallel: pipeline.parallel ?? perCpus(means.parallel, pipeline.resources?.cpus),
      commit: number,
      ...(onDone === undefined ? {} : { onDone: (...done) => onDone(pipeline.name, ...done) }),
    })
    const counts = countDatums(datums, plan.removed.length)
    const told = { pipeline: pipeline.name, counts, datums, removed: plan.removed, warnings: plan.warnings }
    const files = mergeOutputs(datums)
    if (isUnchanged(plan, counts, pipeline.place)) {
      return { ...told, state: "unchanged", ...(plan.before === undefined ? {} : { commit: plan.before.commit }) }
    }
    const origin: PipelineOrigin = {
      kind: "pipeline",
      pipeline: pipeline.name,
      gear: { id: gear.id, name: gear.manifest.name, version: gear.manifest.version },
      config: plan.code.config as JsonObject,
      ...(plan.code.salt === undefined ? {} : { salt: plan.code.salt }),
      ...(pipeline.place === undefined ? {} : { place: pipeline.place }),
      inputs: readCommits(sources),
      counts,
    }
    const commit: Commit = {
      ...{ format: COMMIT_FORMAT, id: means.id, number, of: pipeline.name, created: means.now(), origin },
      ...{ digest: treeDigest(files), fileCount: files.length },
      sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    }
    await means.store.write(of, commit, datums)
    return { ...told, state: counts.failed > 0 ? "failed" : "complete", commit }
  } finally {
    held.release()
  }
}

function perCpus(most: number, cpus = 1): number {
  return Math.max(1, Math.floor(most / Math.max(cpus, 0.01)))
}

/** Nothing was done and nothing is gone: another commit would say the same again. */
function isUnchanged({ before }: PipelinePlan, counts: DatumCounts, place: string | undefined): boolean {
  return before !== undefined && before.origin.place === place && counts.kept === counts.total && counts.removed === 0
}

function readCommits(sources: ReadonlyMap<FolderInput, Source>): PipelineOrigin["inputs"] {
  const read = new Map(
    [...sources.values()].flatMap(({ commit }) => (commit === undefined ? [] : [[commit.name, commit]])),
  )
  return [...read.values()]
}

/** How many datums came to what. */
export function countDatums(datums: readonly DatumRecord[], removed: number): DatumCounts {
  const by = (test: (datum: DatumRecord) => boolean): number => datums.filter(test).length
  return {
    total: datums.length,
    kept: by(({ how }) => how === "kept"),
    reused: by(({ how }) => how === "reused"),
    run: by(({ how }) => how === "run"),
    failed: by(({ state }) => state === "failed"),
    recovered: by(({ state }) => state === "recovered"),
    removed,
  }
}
