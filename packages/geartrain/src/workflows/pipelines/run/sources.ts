import { resolve } from "node:path"
import { canonicalJson } from "@geartrain/spec"
import type { FolderContent } from "../datums/match-folder.ts"
import { type FolderInput, folderInputs, inputName } from "../document/input-tree.ts"
import type { CheckedPipeline } from "../document/read-pipeline.ts"
import type { Commit, ReadCommit } from "../folders/commit.ts"
import type { FolderState } from "../folders/commit-folder.ts"
import { type CommitStore, newestOf, outputOf, type Versioned } from "../folders/commit-store.ts"
import { mergeOutputs } from "./merge-outputs.ts"

/** What one input of a pipeline reads. */
export interface Source extends FolderContent {
  /** Absent for a folder or a place that was looked at and not committed. */
  readonly commit?: ReadCommit
  readonly of: Versioned
}

/** By what a folder is known that an input reads: the path where it lies, or the question to a server. */
export function folderKey(checked: CheckedPipeline, { folder, archive }: FolderInput): string | undefined {
  if (archive !== undefined) return canonicalJson({ ...archive })
  return folder === undefined ? undefined : resolve(checked.folder, folder)
}

/** Brings what the inputs of a pipeline read, each by the input. @param folders  By the key that `folderKey` gives. */
export async function openSources(
  checked: CheckedPipeline,
  folders: ReadonlyMap<string, { readonly state: FolderState; readonly commit?: Commit }>,
  store: CommitStore,
): Promise<ReadonlyMap<FolderInput, Source>> {
  const sources = new Map<FolderInput, Source>()
  const outputs = new Map<string, Source>()
  for (const input of folderInputs(checked.pipeline.input)) {
    const key = folderKey(checked, input)
    if (key === undefined) {
      const name = input.pipeline ?? ""
      const known = outputs.get(name) ?? (await openOutput(name, store))
      outputs.set(name, known)
      sources.set(input, named(known, input))
      continue
    }
    const folder = folders.get(key)
    if (folder === undefined) throw new TypeError(`Folder "${key}" was not read`)
    const { state, commit } = folder
    const { origin: _, ...content } = state
    sources.set(input, { ...content, ...(commit === undefined ? {} : { commit: readOf(commit, inputName(input)) }) })
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
