import { basename } from "node:path"
import { type Digest, GeartrainError } from "@geartrain/spec"
import { constants, type FileHandle, open, realpath, type Stats, stat } from "../../system/files.ts"
import { hashOpenFile } from "../../system/hash-file.ts"
import { systemCode } from "../../system/system-code.ts"
import type { InputDigests, LocalBlobs } from "../engine-ports.ts"

/** An input file as it was when it was read. */
export interface ReadInput {
  /** Absolute, with no link in it: what is mounted is what was hashed. */
  readonly path: string
  /** The name that the user knows it by, which the gear sees. */
  readonly name: string
  readonly digest: Digest
  readonly sizeBytes: number
  /** It was not read now: its digest is known from before, and it is the same file, unchanged. */
  readonly isRecalled: boolean
  readonly fingerprint: string
  /** It is a blob of the store, which nobody writes to; its times change when a job lets go of its other name, or it is held for another. */
  readonly isBlob: boolean
}

export interface ReadInputOptions {
  readonly signal?: AbortSignal
  /** Where digests may be recalled from. Absent: the file is read. */
  readonly digests?: InputDigests | undefined
  /** The store, whose blobs may be inputs. */
  readonly blobs?: Pick<LocalBlobs, "locate">
}

/**
 * Reads an input file to its end, for its digest, or recalls the digest where that is allowed.
 *
 * @throws {GeartrainError} INPUT_NOT_FOUND, INPUT_NOT_A_FILE, INPUT_UNREADABLE, INPUT_CHANGED: nothing was run yet.
 */
export async function readInput(input: string, path: string, options: ReadInputOptions = {}): Promise<ReadInput> {
  const resolved = await resolveInput(input, path)
  const file = await openInput(input, resolved)
  try {
    const before = await file.stat()
    if (!before.isFile()) throw notAFile(input, path, before)
    const { digest, sizeBytes, isRecalled } = await digestOf(file, options)
    const after = await file.stat()
    const isBlob = await isBlobOf(options.blobs, digest, after)
    if (fingerprint(before, { isBlob }) !== fingerprint(after, { isBlob })) throw changed(input, path)
    const known = { path: resolved, name: basename(path), digest, sizeBytes, isRecalled, isBlob }
    return { ...known, fingerprint: fingerprint(before, { isBlob }) }
  } finally {
    await file.close()
  }
}

/** Whether a file that has this digest is the store's own: the bytes are then those that its name says. */
async function isBlobOf(blobs: ReadInputOptions["blobs"], digest: Digest, { dev, ino }: Stats): Promise<boolean> {
  const place = await blobs?.locate(digest)
  if (place === undefined) return false
  // One that is removed meanwhile is no blob any more.
  const stats = await stat(place).catch(() => undefined)
  return stats?.dev === dev && stats.ino === ino
}

async function digestOf(
  file: FileHandle,
  { digests, signal }: ReadInputOptions,
): Promise<Pick<ReadInput, "digest" | "sizeBytes" | "isRecalled">> {
  if (digests !== undefined) return digests.digestOf(file, signal)
  return { ...(await hashOpenFile(file, signal)), isRecalled: false }
}

/** Tells whether the file at the path is still, byte for byte as far as the file system tells, what was read. */
export async function isUnchanged(input: ReadInput): Promise<boolean> {
  try {
    return fingerprint(await stat(input.path), input) === input.fingerprint
  } catch {
    // It cannot be looked at any more, so it is not what it was.
    return false
  }
}

async function resolveInput(input: string, path: string): Promise<string> {
  try {
    const resolved = await realpath(path)
    const stats = await stat(resolved)
    // Asked before opening: opening a named pipe would wait for ever.
    if (!stats.isFile()) throw notAFile(input, path, stats)
    return resolved
  } catch (error) {
    const code = systemCode(error)
    if (code !== "ENOENT" && code !== "ENOTDIR" && code !== "ELOOP") throw unlessUnreadable(input, path, error)
    const is = code === "ELOOP" ? `"${path}" is a link that leads to itself` : `there is no file "${path}"`
    throw new GeartrainError("INPUT_NOT_FOUND", `Cannot read input "${input}": ${is}`, {
      details: { input, path },
      hint: `Give the path of a file: --input ${input}=PATH`,
      cause: error,
    })
  }
}

async function openInput(input: string, path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    throw unlessUnreadable(input, path, error)
  }
}

function unlessUnreadable(input: string, path: string, error: unknown): unknown {
  const code = systemCode(error)
  if (code !== "EACCES" && code !== "EPERM") return error
  return new GeartrainError(
    "INPUT_UNREADABLE",
    `Cannot read input "${input}": "${path}" may not be read by this user`,
    {
      details: { input, path },
      hint: `Allow reading: chmod u+r '${path}'`,
      cause: error,
    },
  )
}

function notAFile(input: string, path: string, stats: Stats): GeartrainError {
  const found = kindOf(stats)
  const hint = stats.isDirectory()
    ? `Pack the folder first: zip -r folder.zip '${path}'`
    : "Copy its content to a file first"
  return new GeartrainError(
    "INPUT_NOT_A_FILE",
    `Cannot read input "${input}": "${path}" is a ${found}, not a regular file`,
    {
      details: { input, path, found },
      hint,
    },
  )
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return "folder"
  if (stats.isFIFO()) return "named pipe"
  if (stats.isSocket()) return "socket"
  return "device"
}

function changed(input: string, path: string): GeartrainError {
  return new GeartrainError("INPUT_CHANGED", `Cannot read input "${input}": "${path}" changed while it was read`, {
    details: { input, path },
    hint: "Wait until nothing writes to the file, then run again",
  })
}

/** Equal fingerprints: nobody wrote to the file in between. The change time cannot be set back by a user. */
function fingerprint(stats: Stats, { isBlob }: Pick<ReadInput, "isBlob">): string {
  const times = isBlob ? [] : [stats.mtimeMs, stats.ctimeMs]
  return [stats.dev, stats.ino, stats.size, ...times].join(":")
}
