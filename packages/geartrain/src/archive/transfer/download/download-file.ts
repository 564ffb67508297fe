import { basename, dirname, join } from "node:path"
import type { GearClient } from "@geartrain/sdk/client"
import { GeartrainError } from "@geartrain/spec"
import { safeName } from "../../../packing/members/safe-name.ts"
import { constants, type FileHandle, link, lstat, open, rename, rm } from "../../../system/files.ts"
import { createHasher, sha256 } from "../../../system/hash.ts"
import { hashOpenFile } from "../../../system/hash-file.ts"
import { systemCode } from "../../../system/system-code.ts"
import { writeAt } from "../../../system/write-at.ts"
import { readContent, type WantedFile, wrongBytes } from "./read-content.ts"

export interface Downloading {
  readonly client: GearClient
  readonly signal: AbortSignal
  /** Write over what has other content. */
  readonly force: boolean
  /** Told of bytes that need not come any more. */
  readonly onBytes: (count: number) => void
}

/**
 * Downloads a file to a path, in a folder that is there. It appears whole and with its digest, or not at all; what an earlier try got lies beside it
 * meanwhile, and is not fetched again.
 *
 * @returns `there` when these very bytes are at the path already.
 * @throws {GeartrainError} OUTPUT_EXISTS; BLOB_DIGEST_MISMATCH; SERVER_UNREACHABLE.
 */
export async function downloadFile(
  file: WantedFile,
  path: string,
  downloading: Downloading,
): Promise<"fetched" | "there"> {
  const { force, onBytes } = downloading
  const there = await lookAt(path, file)
  if (there === "same") {
    onBytes(file.sizeBytes)
    return "there"
  }
  if (there === "other" && !force) throw outputExists(path)
  const part = partPath(path, file)
  await fetchInto(part, file, downloading)
  await place(part, path, force)
  return "fetched"
}

/** Of this name and these bytes, so that what lies there is a beginning of the same. */
function partPath(path: string, { digest }: WantedFile): string {
  const key = sha256(Buffer.from(JSON.stringify([basename(path), digest]))).slice("sha256:".length)
  return join(dirname(path), `.gear-${key.slice(0, 24)}.part`)
}

async function lookAt(path: string, { digest, sizeBytes }: WantedFile): Promise<"nothing" | "same" | "other"> {
  try {
    const stats = await lstat(path)
    if (!stats.isFile() || stats.size !== sizeBytes) return "other"
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
    try {
      return (await hashOpenFile(file)).digest === digest ? "same" : "other"
    } finally {
      await file.close()
    }
  } catch (error) {
    if (systemCode(error) === "ENOENT") return "nothing"
    throw error
  }
}

async function fetchInto(part: string, file: WantedFile, { client, signal, onBytes }: Downloading): Promise<void> {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW
  const handle = await open(part, flags, 0o666)
  let isWrong = false
  try {
    const { hasher, sizeBytes } = await hashBeginning(handle, file.sizeBytes)
    onBytes(sizeBytes)
    let position = sizeBytes
    for await (const chunk of readContent(client, file, { start: position, signal })) {
      await writeAt(handle, chunk, position)
      hasher.update(chunk)
      position += chunk.length
      onBytes(chunk.length)
    }
    isWrong = hasher.digest() !== file.digest
    if (isWrong) throw wrongBytes(file)
    await handle.datasync()
  } finally {
    await handle.close()
    if (isWrong) await rm(part, { force: true })
  }
}

const CHUNK_BYTES = 1024 * 1024

async function hashBeginning(handle: FileHandle, mostBytes: number) {
  const hasher = createHasher()
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  // Longer than the whole: no beginning of it.
  if ((await handle.stat()).size > mostBytes) await handle.truncate(0)
  let position = 0
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, position)
    if (bytesRead === 0) return { hasher, sizeBytes: position }
    hasher.update(buffer.subarray(0, bytesRead))
    position += bytesRead
  }
}

/**
 * Without leave to write over anything, a name that somebody has taken meanwhile stays theirs. The bytes are on the disk by now; a name that a crash
 * takes back is fetched again.
 */
async function place(part: string, path: string, force: boolean): Promise<void> {
  if (!force) {
    try {
      await link(part, path)
      return await rm(part, { force: true })
    } catch (error) {
      if (systemCode(error) === "EEXIST") throw outputExists(path)
      // Disks of other systems have no second names.
    }
  }
  await rename(part, path)
}

export function outputExists(path: string): GeartrainError {
  return new GeartrainError("OUTPUT_EXISTS", `Cannot download to "${path}": something else is there`, {
    details: { path },
    hint: "Name another place with -o PATH, or write over it with --force",
  })
}

/**
 * What a file or place of the server's is called here: one step of a path, whatever its name is.
 *
 * @example
 *   localName("../T1.nii.gz") // => "__T1.nii.gz"
 */
export function localName(name: string): string {
  return safeName(name, "unnamed")
}
