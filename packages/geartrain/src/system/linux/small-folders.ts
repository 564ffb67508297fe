import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs"
import { dirname } from "node:path"
import { systemCode } from "../system-code.ts"

/** Whose something is, and who may use it. */
export interface Ownership {
  /** Permission bits, such as 0o755. */
  readonly mode: number
  /** Absent: the caller's. Only root can give files away. */
  readonly owner?: { readonly uid: number; readonly gid: number }
}

/** Makes a folder with exactly this ownership, or gives an existing one that ownership. Synchronous: a few microseconds. */
export function makeFolderOf(path: string, ownership: Ownership): void {
  makeFolders(path)
  if (ownership.owner !== undefined) chownSync(path, ownership.owner.uid, ownership.owner.gid)
  chmodSync(path, ownership.mode)
}

/**
 * Makes a folder and those above it that are missing. Node's own way, `recursive`, tries for ever where one cannot be made for being in the
 * /proc of a process that has ended.
 */
function makeFolders(path: string): void {
  try {
    mkdirSync(path)
  } catch (error) {
    const code = systemCode(error)
    if (code === "EEXIST" && statSync(path).isDirectory()) return
    const parent = dirname(path)
    if (code !== "ENOENT" || parent === path) throw error
    makeFolders(parent)
    mkdirSync(path)
  }
}

/** What lies there, without following a link; undefined when nothing does. */
export function lookAt(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false })
}

/** What a symbolic link says. */
export function readLink(path: string): string {
  return readlinkSync(path)
}

/** Writes a file of a few kilobytes that need not survive a crash. Fails when something lies there. */
export function writeSmallFile(path: string, content: string | Uint8Array, mode: number): void {
  writeFileSync(path, content, { flag: "wx", mode })
}

/** Puts a file of a few kilobytes in the place of what lies there, whole at once. */
export function replaceSmallFile(path: string, content: string | Uint8Array, mode: number): void {
  writeSmallFile(`${path}.new`, content, mode)
  renameSync(`${path}.new`, path)
}

/** Makes a symbolic link where nothing lies yet. */
export function linkAtOnce(link: string, target: string): void {
  symlinkSync(target, link)
}

/** When something was last changed, by the clock of the kernel, which nobody can set for one file: in nanoseconds since 1970. */
export function changedNs(path: string): bigint | undefined {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false })?.ctimeNs
}

/** Gives something another place on the same disk, with nothing there yet. */
export function moveAtOnce(from: string, to: string): void {
  renameSync(from, to)
}

/** Has a symbolic link, which is there, lead somewhere else. */
export function pointAtOnce(link: string, target: string): void {
  unlinkSync(link)
  symlinkSync(target, link)
}

/** Names of what lies in a folder, a few entries. */
export function listSmallFolder(path: string): readonly string[] {
  return readdirSync(path)
}

/** Removes what is in a folder, a few entries. The folder stays, and so do those that are named. */
export function emptySmallFolder(path: string, options: { readonly but?: readonly string[] } = {}): void {
  for (const entry of readdirSync(path)) if (options.but?.includes(entry) !== true) removeSmall(`${path}/${entry}`)
}

/** So much is removed without letting anything else of this process wait for long: some milliseconds. */
const MOST_ENTRIES = 64
const MOST_FILE_BYTES = 1024 * 1024

/**
 * Removes a folder with all that is in it, if that is little, in a tenth of the CPU time that promises take. Answers whether it is gone;
 * otherwise some of it may be left. Nothing else may write there meanwhile.
 */
export function removeIfSmall(path: string): boolean {
  try {
    const found: string[] = []
    return listSmall(path, found) && removeAtOnce(found)
  } catch {
    // A folder that may not be read, or that is not there: it takes a closer look.
    return false
  }
}

/** Adds what lies in a folder, and then the folder itself, as `removeAtOnce` wants them. Answers whether it is little. */
function listSmall(folder: string, found: string[]): boolean {
  for (const entry of readdirSync(folder, { withFileTypes: true, encoding: "buffer" })) {
    const path = `${folder}/${entry.name.toString("utf8")}`
    if (found.length >= MOST_ENTRIES) return false
    if (entry.isDirectory()) {
      if (!listSmall(path, found)) return false
      continue
    }
    if (lstatSync(path).size > MOST_FILE_BYTES) return false
    found.push(path)
  }
  found.push(`${folder}/`)
  return true
}

/** Most are files, so that is tried first. */
function removeSmall(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (systemCode(error) !== "EISDIR") throw error
    rmSync(path, { recursive: true, force: true })
  }
}

/**
 * Removes files and empty folders, these with a slash at their end, in this order. Answers whether all could be removed; stops at the first
 * that could not.
 */
export function removeAtOnce(paths: readonly string[]): boolean {
  try {
    for (const path of paths) path.endsWith("/") ? rmdirSync(path) : unlinkSync(path)
    return true
  } catch {
    // Something is there that was not expected: it takes a closer look.
    return false
  }
}
