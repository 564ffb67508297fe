import { dirname } from "node:path"
import { mkdir } from "../../../system/files.ts"
import { systemCode } from "../../../system/system-code.ts"

/**
 * Makes a folder for its owner alone, and those above it where they are missing. Does nothing when it is there.
 *
 * Not `mkdir` with `recursive`, which says ENOENT where the disk said EROFS (Node 24.21).
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    const code = systemCode(error)
    if (code === "EEXIST") return
    if (code !== "ENOENT" || dirname(path) === path) throw error
    await makeFolder(dirname(path))
    await makeFolder(path)
  }
}
