import { isGeartrainError } from "@geartrain/spec"
import { delay } from "../../system/clock.ts"
import type { HeldFolder } from "../../system/hold-folder.ts"
import type { WorkflowJobs } from "../../workflows/workflow-jobs.ts"
import { COMMIT_FORMAT, type Commit, type TreeFile } from "./commit.ts"
import { type CommitStore, type Versioned, versionedFolder } from "./commit-store.ts"
import { treeDigest } from "./tree.ts"
import { type FoundFile, walkFolder } from "./walk-folder.ts"

/** A folder as it is now. */
export interface FolderState {
  readonly of: Versioned
  readonly root: string
  readonly files: readonly TreeFile[]
}

/** What a commit is made with. */
export interface CommitMeans {
  readonly store: CommitStore
  readonly id: string
  readonly now: string
}

/** How many files are read at one time. */
const READERS = 4

/**
 * Reads a folder for what is in its files; those that did not change since they were last read are recalled.
 *
 * @throws {GeartrainError} PIPELINE_FOLDER_UNFIT, PIPELINE_TOO_LARGE; INPUT_CHANGED for a file that changes meanwhile.
 */
export async function readFolder(
  path: string,
  jobs: Pick<WorkflowJobs, "readFile">,
  signal?: AbortSignal,
): Promise<FolderState> {
  const { root, files: found } = await walkFolder(path)
  const files = new Array<TreeFile>(found.length)
  let next = 0
  const reader = async (): Promise<void> => {
    for (let at = next++; at < found.length; at = next++) {
      signal?.throwIfAborted()
      const { path: name, at: place } = found[at] as FoundFile
      const { digest, sizeBytes } = await jobs.readFile(place, name)
      files[at] = { path: name, digest, sizeBytes }
    }
  }
  await Promise.all(Array.from({ length: READERS }, reader))
  return { of: versionedFolder(root), root, files }
}

/** Writes down what a folder holds, unless that is what its newest commit says. @returns the commit that says it. */
export async function commitFolder({ of, root, files }: FolderState, means: CommitMeans): Promise<Commit> {
  const { store, id, now } = means
  const held = await holdSoon(of, store)
  try {
    const before = await store.newest(of)
    const digest = treeDigest(files)
    if (before?.digest === digest) return before
    const head: Commit = {
      ...{ format: COMMIT_FORMAT, id, number: (before?.number ?? 0) + 1, of: of.name, created: now },
      origin: { kind: "folder", path: root },
      ...{ digest, fileCount: files.length, sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) },
    }
    await store.write(of, head, files)
    return head
  } finally {
    held.release()
  }
}

const HOLD_TRIES = 200
const HOLD_PAUSE_MS = 50

/** Two pipelines may read one folder at the same time; each has it for no longer than a commit is written. */
async function holdSoon(of: Versioned, store: CommitStore): Promise<HeldFolder> {
  for (let left = HOLD_TRIES; ; left--) {
    try {
      return await store.hold(of)
    } catch (error) {
      if (left <= 1 || !isGeartrainError(error, "FOLDER_IN_USE")) throw error
    }
    await delay(HOLD_PAUSE_MS)
  }
}
