import { accessSync, constants, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs"

/*
 * Files and folders that the kernel makes up (/proc, /sys/fs/cgroup), and the few of our own that a box needs before it starts. Nothing here
 * waits for a disk, and a thread of the pool costs several times what the call does: so these are synchronous.
 */

/** The text of a file, or undefined where there is none: a process that is gone, a counter that this kernel does not have. */
export function readKernelFile(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8")
  } catch (error) {
    // ESRCH: the process ended between opening and reading. ENODEV: the control group was removed.
    if (isOneOf(error, "ENOENT", "ESRCH", "ENODEV", "ENOTDIR", "EACCES", "EOPNOTSUPP")) return undefined
    throw error
  }
}

/** Writes to a file that has to be there. */
export function writeKernelFile(path: string, text: string): void {
  writeFileSync(path, text, { flag: "r+" })
}

/** Names in a folder, or undefined where there is none. */
export function listKernelFolder(path: string): readonly string[] | undefined {
  try {
    return readdirSync(path)
  } catch (error) {
    if (isOneOf(error, "ENOENT", "ENOTDIR", "ESRCH", "ENODEV", "EACCES")) return undefined
    throw error
  }
}

export function makeKernelFolder(path: string): void {
  mkdirSync(path)
}

/** Removes an empty folder, or a control group without processes. Answers whether it is gone. */
export function removeKernelFolder(path: string): boolean {
  try {
    rmdirSync(path)
    return true
  } catch (error) {
    if (isOneOf(error, "ENOENT")) return true
    if (isOneOf(error, "EBUSY", "ENOTEMPTY")) return false
    throw error
  }
}

/** Whether this process may write there. A file system that is mounted read-only counts as no. */
export function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    // Why not does not matter to those who ask.
    return false
  }
}

function isOneOf(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? "")
}
