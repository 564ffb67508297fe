import { mkdir as makeOne, stat } from "node:fs/promises"
import { dirname } from "node:path"
import { systemCode } from "../system-code.ts"

/** A folder above may be removed by others at any time, and is made again so often. */
const MOST_TRIES = 10

/**
 * Makes a folder, and with `recursive` those above it that are not there; one that is there already is none to make then.
 *
 * Node's own way to make several goes on for ever where a folder is there and has no room for what is not, as `/proc` has not.
 *
 * @param options.mode  Of each that is made, before what `umask` takes away. Default 0o777.
 * @throws the system's error, such as `EACCES`, `ENOTDIR`; `EEXIST` where something else than a folder is there.
 * @see mkdir(2)
 */
export async function mkdir(
  path: string,
  { recursive = false, mode = 0o777 }: { readonly recursive?: boolean; readonly mode?: number } = {},
): Promise<void> {
  if (!recursive) {
    await makeOne(path, { mode })
    return
  }
  for (let tries = 1; ; tries++) {
    try {
      await makeAll(path, mode)
      return
    } catch (error) {
      if (systemCode(error) !== "ENOENT" || tries >= MOST_TRIES) throw error
    }
  }
}

async function makeAll(path: string, mode: number): Promise<void> {
  const missing: string[] = []
  let here = path
  while (!(await isMade(here, mode))) {
    if (dirname(here) === here) break
    missing.push(here)
    here = dirname(here)
  }
  for (const folder of missing.reverse()) await makeOrFind(folder, mode)
}

/** False where the folder above it is not there. */
async function isMade(path: string, mode: number): Promise<boolean> {
  try {
    await makeOrFind(path, mode)
    return true
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false
    throw error
  }
}

async function makeOrFind(path: string, mode: number): Promise<void> {
  try {
    await makeOne(path, { mode })
  } catch (error) {
    // A disk that cannot be written to says so of what is there, too.
    if (systemCode(error) === "ENOENT" || !(await isFolder(path))) throw error
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    // Whoever asks tells what the system said of making it.
    return false
  }
}
