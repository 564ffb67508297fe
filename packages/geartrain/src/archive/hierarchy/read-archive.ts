import { dirname, join, resolve } from "node:path"
import { canonicalJson, GeartrainError } from "@geartrain/spec"
import { type ArchiveFile, type Hierarchy, readHierarchy } from "@geartrain/spec/archive"
import { documentFaults, readYamlFile } from "../../documents/read-yaml.ts"
import { sha256 } from "../../system/hash.ts"
import { systemCode } from "../../system/system-code.ts"

/** A hierarchy that a document on this machine describes. */
export interface Archive {
  /** The document, as the user named it. */
  readonly file: string
  /** Absolute folder of the document, which the paths in it are relative to. */
  readonly folder: string
  readonly hierarchy: Hierarchy
  /** What the document said when it was read, in canonical JSON. */
  readonly said: string
}

/**
 * Reads the document of a hierarchy.
 *
 * @throws {GeartrainError} HIERARCHY_INVALID, every fault with its line and column.
 * @see docs/spec/hierarchy.md
 */
export async function readArchive(file: string): Promise<Archive> {
  const document = await readYamlFile(file, "HIERARCHY_INVALID").catch((error: unknown) => {
    throw unreadable(file, error)
  })
  const result = readHierarchy(document.value, sha256)
  if (!result.ok) throw documentFaults(document, result.faults)
  return { file, folder: dirname(resolve(file)), hierarchy: result.hierarchy, said: canonicalJson(document.value) }
}

/** Where the bytes of a file lie: an absolute path. */
export function pathOf(archive: Pick<Archive, "folder">, file: Pick<ArchiveFile, "path">): string {
  return join(archive.folder, file.path)
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "it may not be read by this user",
}

function unreadable(file: string, error: unknown): unknown {
  const is = WORDS[systemCode(error) ?? ""]
  if (is === undefined) return error
  return new GeartrainError("HIERARCHY_INVALID", `Cannot read hierarchy "${file}": ${is}`, {
    details: { file },
    hint: "Name the document of a hierarchy; how it looks: gear schema hierarchy",
    cause: error,
  })
}
