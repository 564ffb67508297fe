import { isGeartrainError } from "@geartrain/spec"
import { delay } from "../../../system/clock.ts"
import type { HeldFolder } from "../../../system/hold-folder.ts"
import type { WorkflowJobs } from "../../workflow-jobs.ts"
import { type ArchiveOrigin, COMMIT_FORMAT, type Commit, type FolderOrigin, type TreeFile } from "./commit.ts"
import { type CommitStore, type Versioned, versionedFolder } from "./commit-store.ts"
import { treeDigest } from "./tree.ts"
import { type FoundFile, realFolder, walkFolder } from "./walk-folder.ts"

/** A folder, or a place of an archive, as it is now. */
export interface FolderState {
  readonly of: Versioned
  readonly origin: FolderOrigin | ArchiveOrigin
  readonly files: readonly TreeFile[]
  /** Where the files lie on this machine. */
  readonly root?: string
  /** Address of the server that has them. */
  readonly server?: string
}

/** Whatever can be read for what it holds, and committed. */
export interface FolderSource {
  readonly of: Versioned
  read(signal?: AbortSignal): Promise<FolderState>
}

/** What a commit is made with. */
export interface CommitMeans {
  readonly store: CommitStore
  readonly id: string
  readonly now: string
  readonly signal?: AbortSignal | undefined
}

/** How many files are read at one time. */
const READERS = 4

/**
 * Finds a folder of this machine. Reading it reads what is in its files; those that did not change since they were last read are recalled.
 *
 * @throws {GeartrainError} PIPELINE_FOLDER_UNFIT; when it is read that, too, PIPELINE_TOO_LARGE, and INPUT_CHANGED for a file that changes meanwhile.
 */
export async function findFolder(path: string, jobs: Pick<WorkflowJobs, "readFile">): Promise<FolderSource> {
  return { of: versionedFolder(await realFolder(path)), read: (signal) => readFolder(path, jobs, signal) }
}

async function readFolder(
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
  return { of: versionedFolder(root), origin: { kind: "folder", path: root }, root, files }
}

/**
 * Reads a folder, and writes down what it holds, unless that is what its newest commit says.
 *
 * It is read before it is held, since that may take long. Where somebody else has committed to it meanwhile, what was read may be older than what that commit
 * says, so that it is read once more.
 *
 * @returns what it holds, and the commit that says it.
 * @throws {GeartrainError} what reading it throws; FOLDER_IN_USE
 */
export async function commitFolder(
  { of, read }: FolderSource,
  means: CommitMeans,
): Promise<{ readonly state: FolderState; readonly commit: Commit }> {
  const { store, signal } = means
  const seen = (await store.numbers(of)).at(-1)
  const state = await read(signal)
  const held = await holdSoon(of, store)
  try {
    const before = await store.newest(of)
    const now = before?.number === seen ? state : await read(signal)
    return { state: now, commit: await commitState(now, before, means) }
  } finally {
    held.release()
  }
}

async function commitState(
  { of, origin, files }: FolderState,
  before: Commit | undefined,
  { store, id, now }: CommitMeans,
): Promise<Commit> {
  const digest = treeDigest(files)
  if (before?.digest === digest) return before
  const head: Commit = {
    ...{ format: COMMIT_FORMAT, id, number: (before?.number ?? 0) + 1, of: of.name, created: now },
    origin,
    ...{ digest, fileCount: files.length, sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) },
  }
  await store.write(of, head, files)
  return head
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
