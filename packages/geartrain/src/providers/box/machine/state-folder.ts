import { GeartrainError } from "@geartrain/spec"
import { readdir, rm } from "../../../system/files.ts"
import { readKernelFile } from "../../../system/linux/kernel-files.ts"
import { removeAtOnce, removeIfSmall, writeSmallFile } from "../../../system/linux/small-folders.ts"
import { systemCode } from "../../../system/system-code.ts"
import { makeFolderAtOnce, temporaryPlace } from "../../../system/temporary-folder.ts"
import { isAbandoned, makerMark } from "./maker-mark.ts"

/**
 * In the folder as everybody but the holder sees it: so that it cannot be removed for being empty, and with it the holder's mount on it. The
 * holder writes its process id there: it still tidies up when the program that made the folder is gone.
 */
export const IN_USE = "in-use"

/** What may stand in mount options and unquoted in a shell. */
const PLAIN = /^[\w./+-]+$/

/**
 * Makes a folder for a provider's holder, mode 0700, with a name without odd characters, and fills it. Synchronous: every run of a gear waits for
 * it.
 *
 * @throws {GeartrainError} SYSTEM_REFUSED, with nothing left of it.
 */
export function makeStateFolder<Filled>(fill: (folder: string) => Filled): Filled {
  const prefix = `geartrain-boxes-${makerMark()}-`
  let place = temporaryPlace()
  let folder: string | undefined
  try {
    folder = makeFolderAtOnce(prefix, place)
    if (!PLAIN.test(folder)) {
      removeAtOnce([`${folder}/`])
      place = "/tmp"
      folder = makeFolderAtOnce(prefix, place)
    }
    writeSmallFile(`${folder}/${IN_USE}`, "", 0o600)
    return fill(folder)
  } catch (error) {
    if (folder !== undefined) removeIfSmall(folder)
    throw refused(place, error)
  }
}

/** It is no fault of the provider's, and must not be remembered as one. */
function refused(place: string, error: unknown): unknown {
  const because = REFUSALS.get(systemCode(error) ?? "")
  if (because === undefined) return error
  return new GeartrainError("SYSTEM_REFUSED", `Cannot make a folder for boxes in "${place}": ${because}`, {
    details: { place },
    hint: "Make room there, or set TMPDIR to another folder that you may write to",
    cause: error,
  })
}

/** @see errno(3) */
const REFUSALS = new Map([
  ["ENOENT", "there is no such folder"],
  ["ENOTDIR", "it is no folder"],
  ["EACCES", "you may not write there"],
  ["EPERM", "you may not write there"],
  ["EROFS", "the disk is mounted read-only"],
  ["ENOSPC", "the disk is full"],
  ["EDQUOT", "your quota on this disk is used up"],
])

/** Removes the folders of programs that are gone, where this one lies. */
export async function sweepStateFolders(folder: string): Promise<void> {
  await sweep(folder.slice(0, folder.lastIndexOf("/")))
}

/** Removes the folder, unless the holder has done so already, and whatever is in it from before or after the holder's time. */
export async function removeStateFolder(folder: string): Promise<void> {
  if (!removeIfSmall(folder)) await rm(folder, { recursive: true, force: true })
}

/** A program that was killed together with its holder leaves a folder. One whose holder lives on is the holder's to remove. */
async function sweep(parent: string): Promise<void> {
  for (const entry of await readdir(parent)) {
    if (!isAbandoned(entry) || hasHolder(`${parent}/${entry}`)) continue
    // It may be somebody else's: then it stays.
    await removeStateFolder(`${parent}/${entry}`).catch(() => undefined)
  }
}

function hasHolder(folder: string): boolean {
  const pid = readKernelFile(`${folder}/${IN_USE}`)?.trim() ?? ""
  return /^\d+$/.test(pid) && readKernelFile(`/proc/${pid}/stat`) !== undefined
}
