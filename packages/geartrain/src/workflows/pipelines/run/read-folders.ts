import type { WorkflowJobs } from "../../workflow-jobs.ts"
import { findPlace } from "../archive/find-place.ts"
import type { PipelineArchives } from "../archive/pipeline-archives.ts"
import { type FolderInput, folderInputs } from "../document/input-tree.ts"
import type { CheckedPipeline } from "../document/read-pipeline.ts"
import type { Commit } from "../folders/commit.ts"
import {
  type CommitMeans,
  commitFolder,
  type FolderSource,
  type FolderState,
  findFolder,
} from "../folders/commit-folder.ts"
import { folderKey } from "./sources.ts"

/** What reading folders and places of archives takes. */
export interface ReadMeans {
  readonly jobs: Pick<WorkflowJobs, "readFile">
  readonly archives: Pick<PipelineArchives, "addressOf" | "list">
  readonly signal?: AbortSignal
}

export type CommittedFolders = ReadonlyMap<string, { readonly state: FolderState; readonly commit: Commit }>

/** Reads every folder and place that the pipelines name, each once. @returns by the key that `folderKey` gives. */
export async function readFolders(
  pipelines: readonly CheckedPipeline[],
  means: ReadMeans,
): Promise<ReadonlyMap<string, FolderState>> {
  const states = new Map<string, FolderState>()
  for (const [key, input] of foldersOf(pipelines)) {
    const source = await find(key, input, means)
    states.set(key, await source.read(means.signal))
  }
  return states
}

/** Commits every folder and place that the pipelines name, each once. @returns by the key that `folderKey` gives. */
export async function commitFolders(
  pipelines: readonly CheckedPipeline[],
  means: ReadMeans & CommitMeans,
): Promise<CommittedFolders> {
  const folders = new Map<string, { readonly state: FolderState; readonly commit: Commit }>()
  for (const [key, input] of foldersOf(pipelines)) {
    folders.set(key, await commitFolder(await find(key, input, means), means))
  }
  return folders
}

function find(path: string, { archive }: FolderInput, { jobs, archives }: ReadMeans): Promise<FolderSource> {
  return archive === undefined ? findFolder(path, jobs) : findPlace(archive, archives)
}

function foldersOf(pipelines: readonly CheckedPipeline[]): ReadonlyMap<string, FolderInput> {
  const folders = new Map<string, FolderInput>()
  for (const checked of pipelines) {
    for (const input of folderInputs(checked.pipeline.input)) {
      const key = folderKey(checked, input)
      if (key !== undefined) folders.set(key, input)
    }
  }
  return folders
}
