import { readdir, rm } from "../../../system/files.ts"
import { readKernelFile } from "../../../system/linux/kernel-files.ts"
import { removeAtOnce, removeIfSmall, writeSmallFile } from "../../../system/linux/small-folders.ts"
import { makeFolderAtOnce } from "../../../system/temporary-folder.ts"
import { isAbandoned, makerMark } from "./maker-mark.ts"

/**
 * In the folder as everybody but the holder sees it: so that it cannot be removed for being empty, and with it the holder's mount on it. The
 * holder writes its process id there: it still tidies up when the program that made the folder is gone.
 */
export const IN_USE = "in-use"

/** What may stand in mount options and unquoted in a shell. */
const PLAIN = /^[\w./+-]+$/

/** Makes a folder for a provider's holder, mode 0700, with a name without odd characters. Synchronous: every run of a gear waits for it. */
export function makeStateFolder(): string {
  const prefix = `geartrain-boxes-${makerMark()}-`
  let folder = makeFolderAtOnce(prefix)
  if (!PLAIN.test(folder)) {
    removeAtOnce([`${folder}/`])
    folder = makeFolderAtOnce(prefix, "/tmp")
  }
  writeSmallFile(`${folder}/${IN_USE}`, "", 0o600)
  return folder
}

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
