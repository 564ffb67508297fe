import { GeartrainError, isGeartrainError } from "@geartrain/spec"
import { statfs } from "../../../system/files.ts"
import { systemCode } from "../../../system/system-code.ts"

const HINT_FULL = "Free some space, for instance with: gear store gc"
const HINT_READ_ONLY = "Make the folder writable for you, or set GEARTRAIN_HOME to another one"

/**
 * Turns what the disk refused into an error that says what to do. Errors that are told in full already come back as they are.
 *
 * @param doing  What could not be done, such as `store blob in "/data/store"`.
 */
export function diskError(error: unknown, doing: string): unknown {
  if (isGeartrainError(error) || !(error instanceof Error)) return error
  const code = systemCode(error)
  if (code === undefined) return error
  const options = { details: { system: code }, cause: error }
  if (FULL.has(code)) {
    return new GeartrainError("STORE_FULL", `Cannot ${doing}: ${FULL.get(code)}`, { ...options, hint: HINT_FULL })
  }
  if (READ_ONLY.has(code)) {
    const because = READ_ONLY.get(code)
    return new GeartrainError("STORE_READ_ONLY", `Cannot ${doing}: ${because}`, { ...options, hint: HINT_READ_ONLY })
  }
  if (!FAILED.has(code)) return error
  return new GeartrainError("STORE_FAILED", `Cannot ${doing}: ${FAILED.get(code)}`, options)
}

/**
 * Explains a tool that failed while it wrote to a folder. Tools say little, and not all say that the disk is full, so the disk is asked as well.
 */
export async function toolError(stderr: string, doing: string, folder: string): Promise<GeartrainError> {
  const words = stderr.trim().split("\n").slice(-3).join("; ") || "no reason was given"
  const details = { stderr: words }
  if (/No space left on device|Disk quota exceeded/.test(stderr) || (await isFull(folder))) {
    return new GeartrainError("STORE_FULL", `Cannot ${doing}: the disk is full`, { details, hint: HINT_FULL })
  }
  return new GeartrainError("STORE_FAILED", `Cannot ${doing}: ${words}`, { details })
}

/** What the tool has written is still there, so a disk that was too small is full now. */
async function isFull(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize < NO_ROOM_BYTES
}

/** A write of a block of squashfs, the largest that our tools make, may fail with that much left. */
const NO_ROOM_BYTES = 1024 * 1024

/** Runs something that touches the disk, and explains what the disk refuses. */
export async function explainingDisk<Result>(doing: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    throw diskError(error, doing)
  }
}

/** Whether a file or folder was not there. */
export function isMissing(error: unknown): boolean {
  const code = systemCode(error)
  return code === "ENOENT" || code === "ENOTDIR"
}

/** Answers `undefined` where there is no such file or folder. */
export async function ifThere<Result>(attempt: Promise<Result>): Promise<Result | undefined> {
  try {
    return await attempt
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** @see errno(3) */
const FULL = new Map([
  ["ENOSPC", "the disk is full"],
  ["EDQUOT", "your quota on this disk is used up"],
])
const READ_ONLY = new Map([
  ["EROFS", "the disk is mounted read-only"],
  ["EACCES", "you may not write there"],
  ["EPERM", "you may not write there"],
  ["ELOOP", "links there lead in a circle"],
  ["ENAMETOOLONG", "the path is too long"],
])
const FAILED = new Map([
  ["EIO", "the disk reports an input/output error"],
  ["ESTALE", "the network disk lost the file"],
  ["EMFILE", "too many files are open in this process"],
  ["ENFILE", "too many files are open on this machine"],
  ["EFBIG", "the disk takes no file of this size"],
])
