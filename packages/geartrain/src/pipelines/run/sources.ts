import { resolve } from "node:path"
import type { FolderContent } from "../datums/match-folder.ts"
import { type FolderInput, folderInputs, inputName } from "../document/input-tree.ts"
import type { CheckedPipeline } from "../document/read-pipeline.ts"
import type { Commit, ReadCommit } from "../folders/commit.ts"
import type { FolderState } from "../folders/commit-folder.ts"
import { type CommitStore, newestOf, outputOf, type Versioned } from "../folders/commit-store.ts"
import { mergeOutputs } from "./merge-outputs.ts"

/** What one input of a pipeline reads. */
export interface Source extends FolderContent {
  /** Absent for a folder that was looked at and not committed. */
  readonly commit?: ReadCommit
  readonly of: Versioned
}

/** Where a folder that an input names lies. */
export function folderPath(checked: CheckedPipeline, input: FolderInput): string | undefined {
  return input.folder === undefined ? undefined : resolve(checked.folder, input.folder)
}

/** Brings what the inputs of a pipeline read, each by the input. @param folders  By the path that `folderPath` gives. */
export async function openSources(
  checked: CheckedPipeline,
  folders: ReadonlyMap<string, { readonly state: FolderState; readonly commit?: Commit }>,
  store: CommitStore,
): Promise<ReadonlyMap<FolderInput, Source>> {
  const sources = new Map<FolderInput, Source>()
  const outputs = new Map<string, Source>()
  for (const input of folderInputs(checked.pipeline.input)) {
    const path = folderPath(checked, input)
    if (path === undefined) {
      const name = input.pipeline ?? ""
      const known = outputs.get(name) ?? (await openOutput(name, store))
      outputs.set(name, known)
      sources.set(input, named(known, input))
      continue
    }
    const folder = folders.get(path)
    if (folder === undefined) throw new TypeError(`Folder "${path}" was not read`)
    const { state, commit } = folder
    const read = commit === undefined ? {} : { commit: readOf(commit, inputName(input)) }
    sources.set(input, { of: state.of, files: state.files, root: state.root, ...read })
  }
  return sources
}

async function openOutput(pipeline: string, store: CommitStore): Promise<Source> {
  const commit = await newestOf(store, pipeline)
  const of = outputOf(pipeline)
  const files = mergeOutputs(await store.datums(of, commit.number))
  return { of, files, commit: readOf(commit, pipeline) }
}

function named(source: Source, input: FolderInput): Source {
  return source.commit === undefined ? source : { ...source, commit: { ...source.commit, name: inputName(input) } }
}

function readOf({ of, number, id }: Commit, name: string): ReadCommit {
  return { name, of, number, id }
}
