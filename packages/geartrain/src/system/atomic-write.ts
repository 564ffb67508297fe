import { type FileHandle, link, open, rename, rm } from "node:fs/promises"
import { dirname } from "node:path"
import { mkdir } from "./linux/make-folders.ts"
import { randomHex } from "./random.ts"
import { systemCode } from "./system-code.ts"

/**
 * Writes a file so that it is, at every moment and after a crash, either as it was or wholly new: temporary name, sync, rename, sync of the folder.
 *
 * @param write  Fills the open file. When it rejects, nothing is left behind and its error comes through.
 * @param draft  The temporary name, in the same folder. Default: the path with something random behind it.
 */
export async function writeAtomically(
  path: string,
  write: (file: FileHandle) => Promise<void>,
  { draft }: { readonly draft?: string } = {},
): Promise<void> {
  const temporary = await writeBeside(path, write, { draft })
  try {
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(dirname(path))
}

/**
 * Writes a file, whole and at once, if there is none of this name: of several who try at once, one succeeds, on network disks too.
 *
 * @param mode  Of the file at every moment, before what `umask` takes away. Default 0o644.
 * @returns false when there was one, with nothing changed.
 */
export async function createAtomically(
  path: string,
  text: string,
  { mode }: { readonly mode?: number } = {},
): Promise<boolean> {
  const temporary = await writeBeside(path, (file) => file.writeFile(text), { mode })
  try {
    await link(temporary, path)
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false
    throw error
  } finally {
    await rm(temporary, { force: true })
  }
  await syncFolder(dirname(path))
  return true
}

/** @returns the temporary name, of a file whose bytes are durable. */
async function writeBeside(
  path: string,
  write: (file: FileHandle) => Promise<void>,
  { mode = 0o644, draft }: { readonly mode?: number | undefined; readonly draft?: string | undefined },
): Promise<string> {
  await mkdir(dirname(path), { recursive: true })
  const temporary = draft ?? `${path}.${randomHex(6)}.tmp`
  try {
    const file = await open(temporary, "wx", mode)
    try {
      await write(file)
      await file.sync()
    } finally {
      await file.close()
    }
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  return temporary
}

/** Makes what was created, renamed or removed in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r")
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
