import { type FileHandle, mkdir, open, readFile, rename, rm } from "node:fs/promises"
import { dirname } from "node:path"

export type { FileHandle } from "node:fs/promises"

/** The folders of a gear's run, made on first use, and the files in them. */
export function openGearFile(path: string, mode: "r" | "w"): Promise<FileHandle> {
  return mode === "r" ? open(path, "r") : mkdir(dirname(path), { recursive: true }).then(() => open(path, "w"))
}

export function readGearFile(path: string): Promise<Uint8Array> {
  return readFile(path)
}

/** Writes a file so that it is there whole or not at all, whatever moment the gear is killed at. */
export async function writeGearFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const temporary = `${path}.tmp`
  try {
    const file = await open(temporary, "w")
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
