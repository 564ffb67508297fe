import { dirname, join } from "node:path"
import { GeartrainError, type JobRecord } from "@geartrain/spec"
import { chmod, constants, copyFile, existsSync, lstat, mkdir, rename, rm } from "../../system/files.ts"
import { draftPath, sweepDrafts } from "../../system/linux/drafts.ts"
import { systemCode } from "../../system/system-code.ts"
import type { LocalBlobs } from "../engine-ports.ts"

/** Where the bytes of outputs lie. */
interface PlacedFrom {
  readonly blobs: Pick<LocalBlobs, "locate">
}

/**
 * Makes sure that a folder can take outputs, before a gear runs for hours.
 *
 * @throws {GeartrainError} OUTPUT_FOLDER_UNUSABLE when it is something else than a folder, or cannot be made.
 */
async function prepareOutputFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
  } catch (error) {
    const code = systemCode(error) ?? String(error)
    throw new GeartrainError("OUTPUT_FOLDER_UNUSABLE", `Cannot write outputs to "${folder}": ${code}`, {
      details: { folder },
      hint: "Name another folder: -o DIR",
      cause: error,
    })
  }
}

/**
 * Copies the outputs of a job from the store to a folder of the user's, each whole or not at all.
 *
 * @returns the paths that were written.
 * @throws {GeartrainError} OUTPUT_EXISTS when a file is there already, before anything is written, unless `force`.
 */
export async function placeOutputs(
  record: Pick<JobRecord, "outputs">,
  stores: PlacedFrom,
  target: { readonly folder: string; readonly force?: boolean },
): Promise<readonly string[]> {
  const { folder, force } = target
  await prepareOutputFolder(folder)
  const taken = force ? [] : record.outputs.filter((file) => existsSync(join(folder, file.path)))
  if (taken.length > 0) throw occupied(folder, taken)
  const placed: string[] = []
  const swept = new Set<string>()
  for (const file of record.outputs) {
    const path = join(folder, file.path)
    await makeFolders(folder, file.path)
    const here = dirname(path)
    if (!swept.has(here)) await sweepDrafts(here)
    swept.add(here)
    await copyWhole(await locate(file, stores), path, file.executable ? 0o755 : 0o644)
    placed.push(path)
  }
  return placed
}

async function locate(file: JobRecord["outputs"][number], stores: PlacedFrom): Promise<string> {
  const source = await stores.blobs.locate(file.digest)
  if (source !== undefined) return source
  throw new GeartrainError(
    "BLOB_NOT_FOUND",
    `Cannot read output "${file.path}": its bytes, ${file.digest}, are no longer stored`,
    {
      details: { path: file.path, digest: file.digest },
      hint: `Make it again: gear restore ${file.digest}`,
    },
  )
}

/** Makes the folders of an output one by one, so that a link that lies there already is not followed. */
async function makeFolders(folder: string, path: string): Promise<void> {
  const names = dirname(path) === "." ? [] : dirname(path).split("/")
  for (let depth = 1; depth <= names.length; depth++) {
    const here = join(folder, ...names.slice(0, depth))
    await mkdir(here, { recursive: true })
    if ((await lstat(here)).isDirectory()) continue
    throw new GeartrainError("OUTPUT_FOLDER_UNUSABLE", `Cannot write output "${path}": "${here}" is not a folder`, {
      details: { path, found: here },
      hint: "Name another folder: -o DIR",
    })
  }
}

async function copyWhole(source: string, path: string, mode: number): Promise<void> {
  const temporary = draftPath(dirname(path))
  try {
    await copyFile(source, temporary, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
    await chmod(temporary, mode)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

function occupied(folder: string, taken: JobRecord["outputs"]): GeartrainError {
  const names = taken.slice(0, 3).map((file) => `"${file.path}"`)
  return new GeartrainError(
    "OUTPUT_EXISTS",
    `Cannot write outputs to "${folder}": ${names.join(", ")} would be overwritten`,
    {
      details: { folder, files: taken.map((file) => file.path) },
      hint: "Name another folder with -o DIR, or overwrite with --force",
    },
  )
}
