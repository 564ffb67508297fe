import { GeartrainError } from "@geartrain/spec"
import { realpath } from "../../../system/files.ts"
import type { Commit } from "../../../workflows/pipelines/folders/commit.ts"
import {
  type CommitStore,
  outputOf,
  type Versioned,
  versionedFolder,
} from "../../../workflows/pipelines/folders/commit-store.ts"

/** One commit of what a word names. */
export interface NamedCommit {
  readonly of: Versioned
  readonly commit: Commit
}

/**
 * Finds a commit: of a pipeline by its name, or of a folder by a path that begins with `./`, `../` or `/`.
 *
 * @param number  As it was typed. Default: the newest.
 * @throws {GeartrainError} PIPELINE_NOT_FOUND
 */
export async function findCommit(word: string, number: string | undefined, store: CommitStore): Promise<NamedCommit> {
  const of = await versioned(word, store)
  const numbers = await store.numbers(of)
  const wanted = number === undefined ? numbers.at(-1) : numbers.find((one) => String(one) === number)
  if (wanted !== undefined) return { of, commit: await store.head(of, wanted) }
  const is = numbers.length === 0 ? "there is none of this name" : `it has commits 1 to ${numbers.at(-1)}`
  throw new GeartrainError(
    "PIPELINE_NOT_FOUND",
    `Cannot find ${number === undefined ? "" : `commit ${number} of `}"${word}": ${is}`,
    {
      details: { name: word },
      hint: "List what there is: gear pipeline ls",
    },
  )
}

async function versioned(word: string, store: CommitStore): Promise<Versioned> {
  if (/^\.{0,2}\//.test(word) || word === "." || word === "..") {
    // A folder that is gone may still be asked for, by the path that it had.
    return versionedFolder(await realpath(word).catch(() => word))
  }
  const folders = await store.names("folders")
  return folders.includes(word) ? { kind: "folders", name: word } : outputOf(word)
}
