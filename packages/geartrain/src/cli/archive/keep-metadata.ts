import { relative, resolve } from "node:path"
import { GeartrainError } from "@geartrain/spec"
import { writeArchive } from "../../archive/hierarchy/write-archive.ts"
import { existsSync, realpath } from "../../system/files.ts"
import { formatCount } from "../output/amounts.ts"
import type { PlannedMetadata } from "./plan-metadata.ts"
import type { ArchiveWork } from "./use-hierarchy.ts"

/** What was written into the document of a hierarchy, and what could not be. */
export interface KeptMetadata {
  readonly isWritten: boolean
  /** Sentences. */
  readonly notes: readonly string[]
}

/**
 * Writes what a job changes into the document of its hierarchy.
 *
 * @param folder  Where the job's outputs lie, if they do. Outputs beside the document become files of the destination.
 * @throws {GeartrainError} METADATA_INVALID when the job says what no platform takes; HIERARCHY_CHANGED
 */
export async function keepMetadata(
  work: ArchiveWork,
  planned: PlannedMetadata,
  folder: string | undefined,
): Promise<KeptMetadata> {
  if (planned.faults.length > 0) {
    throw new GeartrainError(
      "METADATA_INVALID",
      `Cannot write metadata to "${work.archive.file}": what the job wrote to .metadata.json cannot be used`,
      {
        details: { file: work.archive.file, faults: planned.faults.map((fault) => ({ ...fault })) },
        hint: "Mend the gear; see what is wrong: gear metadata JOB",
      },
    )
  }
  const names = planned.changes.flatMap(({ kind, file }) => (kind === "file" && file !== undefined ? [file] : []))
  const outputs = await pathsBeside(work, names, folder)
  const isWritten = await writeArchive(work.archive, planned.changes, outputs)
  const left = names.filter((name) => !outputs.has(name))
  if (left.length === 0) return { isWritten, notes: [] }
  const why =
    folder === undefined ? "they lie in no folder" : `they do not lie in or below the folder of "${work.archive.file}"`
  return { isWritten, notes: [`${formatCount(left.length, "output")} left out of the hierarchy, since ${why}: -o DIR`] }
}

/** Outputs that the document can name: those that lie in its folder or below. */
async function pathsBeside(
  work: ArchiveWork,
  names: readonly string[],
  folder: string | undefined,
): Promise<ReadonlyMap<string, string>> {
  if (folder === undefined) return new Map()
  const base = await realpath(work.archive.folder)
  const from = relative(base, await realpath(folder).catch(() => resolve(folder)))
  if (from === ".." || from.startsWith("../")) return new Map()
  return new Map(
    names.flatMap((name) => {
      const path = from === "" ? name : `${from}/${name}`
      return existsSync(resolve(base, path)) ? [[name, path]] : []
    }),
  )
}
