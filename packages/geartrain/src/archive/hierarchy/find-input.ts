import { GeartrainError } from "@geartrain/spec"
import { type FoundFile, findFile } from "@geartrain/spec/archive"
import { realpath } from "../../system/files.ts"
import { type Archive, pathOf } from "./read-archive.ts"

/** A file of an archive that a user gives as an input. */
export interface ArchiveInput extends FoundFile {
  /** Absolute. */
  readonly path: string
}

/**
 * Finds the file that a user means: by its path in the hierarchy (`Memory/sub-01/ses-01/T1w/t1.nii.gz`), or by a path on disk where one of the
 * hierarchy's files lies.
 *
 * A text that begins with `./`, `../` or `/` is a path on disk.
 *
 * @returns undefined for a file of no hierarchy.
 * @throws {GeartrainError} USAGE when the text names one file in the hierarchy, and another on disk.
 */
export async function findInput(archive: Archive, text: string): Promise<ArchiveInput | undefined> {
  const onDisk = await realPath(text)
  if (!/^\.{0,2}\//.test(text)) {
    const found = findFile(archive.hierarchy, text)
    if (found !== undefined) {
      const path = pathOf(archive, found.file)
      if (onDisk !== undefined && onDisk !== (await realPath(path))) throw ambiguous(text)
      return { ...found, path }
    }
  }
  if (onDisk === undefined) return undefined
  for (const place of archive.hierarchy.places) {
    for (const file of place.files) {
      const path = pathOf(archive, file)
      if ((await realPath(path)) === onDisk) return { place, file, path }
    }
  }
  return undefined
}

async function realPath(path: string): Promise<string | undefined> {
  try {
    return await realpath(path)
  } catch {
    // Not there: who reads the input says so.
    return undefined
  }
}

function ambiguous(text: string): GeartrainError {
  return new GeartrainError("USAGE", `Cannot tell which file "${text}" is: one is in the hierarchy, another on disk`, {
    details: { path: text },
    hint: `For the one on disk write "./${text}"`,
  })
}
