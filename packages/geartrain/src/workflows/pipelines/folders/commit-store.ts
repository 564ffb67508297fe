import { basename } from "node:path"
import { canonicalJson, GeartrainError } from "@geartrain/spec"
import type { ArchiveQuery } from "@geartrain/spec/workflow"
import { readdir } from "../../../system/files.ts"
import { sha256 } from "../../../system/hash.ts"
import { type HeldFolder, holdFolder } from "../../../system/hold-folder.ts"
import { systemCode } from "../../../system/system-code.ts"
import type { DatumRecord } from "../datums/datum-record.ts"
import type { Commit, TreeFile } from "./commit.ts"
import { readCommit, readHead, writeCommit } from "./commit-lines.ts"

/** Which of the versioned folders: one that pipelines read, or the output of a pipeline. */
export interface Versioned {
  readonly kind: "folders" | "outputs"
  readonly name: string
}

/**
 * Commits, each a file that never changes:
 *
 *   <root>/folders/<name>-<8 digits of its real path>/000001.jsonl     a head, then a line a file; of a place of an archive, too
 *   <root>/outputs/<pipeline>/000001.jsonl                             a head, then a line a datum
 */
export class CommitStore {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  /** Keeps all others away who would commit to it. @throws {GeartrainError} FOLDER_IN_USE */
  hold(of: Versioned): Promise<HeldFolder> {
    return holdFolder(this.#folder(of), "pipeline run")
  }

  /** Numbers of its commits, the oldest first. */
  async numbers(of: Versioned): Promise<readonly number[]> {
    const names = await namesIn(this.#folder(of))
    return names
      .flatMap((name) => (/^\d{6,}\.jsonl$/.test(name) ? [Number.parseInt(name, 10)] : []))
      .sort((a, b) => a - b)
  }

  /** Names of all that is versioned. */
  names(kind: Versioned["kind"]): Promise<readonly string[]> {
    return namesIn(`${this.#root}/${kind}`)
  }

  /** The head of the newest commit, if there is one. */
  async newest(of: Versioned): Promise<Commit | undefined> {
    const number = (await this.numbers(of)).at(-1)
    return number === undefined ? undefined : this.head(of, number)
  }

  head(of: Versioned, number: number): Promise<Commit> {
    return readHead(this.#file(of, number))
  }

  async files(of: Versioned, number: number): Promise<readonly TreeFile[]> {
    return (await readCommit<TreeFile>(this.#file(of, number))).items
  }

  async datums(of: Versioned, number: number): Promise<readonly DatumRecord[]> {
    return (await readCommit<DatumRecord>(this.#file(of, number))).items
  }

  write(of: Versioned, head: Commit, items: Iterable<object>): Promise<void> {
    return writeCommit(this.#file(of, head.number), head, items)
  }

  #folder({ kind, name }: Versioned): string {
    return `${this.#root}/${kind}/${name}`
  }

  #file(of: Versioned, number: number): string {
    return `${this.#folder(of)}/${String(number).padStart(6, "0")}.jsonl`
  }
}

/** Where the commits of a folder are kept: by its real path, so that two of one name are two. */
export function versionedFolder(realPath: string): Versioned {
  return versioned(basename(realPath), realPath)
}

/** Where the commits of a place of an archive are kept: by its server, its path there, and which of its files are asked for. */
export function versionedPlace({ place, ...rest }: ArchiveQuery): Versioned {
  const steps = place.split("/").filter((step) => step !== "")
  return versioned(steps.at(-1) ?? "", canonicalJson({ ...rest, place: steps.join("/") }))
}

function versioned(label: string, key: string): Versioned {
  const digits = sha256(Buffer.from(key)).slice("sha256:".length).slice(0, 8)
  const name = label.replaceAll(/[^A-Za-z0-9._-]/g, "_").slice(0, 60)
  return { kind: "folders", name: `${name === "" ? "root" : name}-${digits}` }
}

export function outputOf(pipeline: string): Versioned {
  return { kind: "outputs", name: pipeline }
}

/** @throws {GeartrainError} PIPELINE_NOT_FOUND where it has no commit. */
export async function newestOf(store: CommitStore, pipeline: string): Promise<Commit> {
  const commit = await store.newest(outputOf(pipeline))
  if (commit !== undefined) return commit
  throw new GeartrainError("PIPELINE_NOT_FOUND", `Cannot find pipeline "${pipeline}": it has never run here`, {
    details: { pipeline },
    hint: "Run it first, or together: gear pipeline run FIRST.yaml SECOND.yaml",
  })
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch (error) {
    // What is no folder holds no commits, either.
    if (["ENOENT", "ENOTDIR"].includes(systemCode(error) ?? "")) return []
    throw error
  }
}
