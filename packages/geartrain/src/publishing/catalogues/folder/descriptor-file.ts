import { basename } from "node:path"
import type { ArtifactDescriptor } from "@geartrain/ports"
import { GeartrainError, isDigest } from "@geartrain/spec"
import { createAtomically, writeAtomically } from "../../../system/atomic-write.ts"
import { readdir } from "../../../system/files.ts"
import { lookAtOnce, readSmallFile } from "../../../system/small-file.ts"

const MOST_BYTES = 4096

/** Descriptors as files, by their names in a folder. Files that somebody is writing are not among them. */
export async function listDescriptors(folder: string): Promise<ReadonlyMap<string, ArtifactDescriptor>> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    // Nothing was ever written there.
    if (error.code === "ENOENT") return []
    throw error
  })
  const found = new Map<string, ArtifactDescriptor>()
  for (const name of names.filter((each) => !each.endsWith(".tmp")).toSorted()) {
    const descriptor = readDescriptor(`${folder}/${name}`)
    if (descriptor !== undefined) found.set(name, descriptor)
  }
  return found
}

/** @throws {GeartrainError} CATALOGUE_DAMAGED */
export function readDescriptor(path: string): ArtifactDescriptor | undefined {
  const found = lookAtOnce(path)
  if (found === undefined) return undefined
  if (!found.isFile() || found.size > MOST_BYTES) throw damaged(path)
  const { mediaType, digest, size } = parse(readSmallFile(path, found.size).toString("utf8"), path)
  if (typeof mediaType !== "string" || typeof size !== "number" || !isDigest(String(digest))) throw damaged(path)
  return { mediaType, digest: digest as ArtifactDescriptor["digest"], sizeBytes: size }
}

/**
 * Writes a descriptor, whole and at once.
 *
 * @param onlyNew  Only if there is no such file yet: of several who try at once, one succeeds, on network disks too.
 * @returns false when there was one, with nothing changed.
 */
export async function writeDescriptor(
  path: string,
  { mediaType, digest, sizeBytes }: ArtifactDescriptor,
  options: { readonly onlyNew: boolean },
): Promise<boolean> {
  const text = `${JSON.stringify({ mediaType, digest, size: sizeBytes })}\n`
  if (options.onlyNew) return createAtomically(path, text)
  await writeAtomically(path, (file) => file.writeFile(text))
  return true
}

function parse(text: string, path: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) ?? {}
  } catch (error) {
    throw damaged(path, error)
  }
}

function damaged(path: string, cause?: unknown): Error {
  return new GeartrainError(
    "CATALOGUE_DAMAGED",
    `Cannot read "${basename(path)}" in the catalogue: it is no descriptor`,
    {
      details: { path },
      hint: "Publish this version again, or restore the catalogue from a copy",
      ...(cause === undefined ? {} : { cause }),
    },
  )
}
