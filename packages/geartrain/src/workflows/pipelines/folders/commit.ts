import type { Digest } from "@geartrain/spec"
import type { ArchiveQuery } from "@geartrain/spec/workflow"

export const COMMIT_FORMAT = "geartrain-commit/1"

/** The most files that a commit, and datums that a pipeline, may have. */
export const MOST_FILES = 1_000_000

/** A file of a versioned folder. */
export interface TreeFile {
  /** From the folder. */
  readonly path: string
  readonly digest: Digest
  readonly sizeBytes: number
  /** Of an output, or a file of an archive: `nifti` and the like. */
  readonly type?: string
  /** Of an output that its gear wrote so. */
  readonly executable?: true
  /** Of a file of an archive: which it is there. */
  readonly archive?: ArchivedVersion
}

/** One version of a file of an archive. */
export interface ArchivedVersion {
  /** Its id. */
  readonly file: string
  readonly version: number
}

/** What a folder held at one time. Its bytes stay where they are: in the folder that was committed, or in the store. */
export interface Commit {
  readonly format: typeof COMMIT_FORMAT
  /** One for all that a change caused: the commit of the folder that changed, and of every output that followed. 24 hexadecimal digits. */
  readonly id: string
  /** Of the folder's commits, from 1. */
  readonly number: number
  /** The folder's name among all that are versioned. */
  readonly of: string
  readonly created: string
  readonly origin: CommitOrigin
  /** Of the files' paths and digests. */
  readonly digest: Digest
  readonly fileCount: number
  readonly sizeBytes: number
}

export type CommitOrigin = FolderOrigin | ArchiveOrigin | PipelineOrigin

/** A folder on this machine. */
export interface FolderOrigin {
  readonly kind: "folder"
  /** Without links. */
  readonly path: string
}

/** A place of an archive, and which of its files. */
export interface ArchiveOrigin extends Omit<ArchiveQuery, "server"> {
  readonly kind: "archive"
  readonly server: string
  /** Id of the place. */
  readonly id: string
}

/** Which commit of what an input was read. */
export interface ReadCommit {
  /** What it is called in the pipeline. */
  readonly name: string
  readonly of: string
  readonly number: number
  readonly id: string
}

/** All that decided an output, besides the files of the datums. */
export interface PipelineOrigin {
  readonly kind: "pipeline"
  readonly pipeline: string
  readonly gear: { readonly id: string; readonly name: string; readonly version: string }
  readonly config: Readonly<Record<string, unknown>>
  readonly salt?: string
  readonly place?: string
  readonly inputs: readonly ReadCommit[]
  readonly counts: DatumCounts
}

/** How many datums came to what. */
export interface DatumCounts {
  readonly total: number
  /** Carried over from the commit before, with nothing done. */
  readonly kept: number
  /** Taken from a job of the same invocation. */
  readonly reused: number
  readonly run: number
  readonly failed: number
  readonly recovered: number
  /** Were in the commit before, and are gone. */
  readonly removed: number
}
