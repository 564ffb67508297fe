import { dirname, resolve } from "node:path"
import { GeartrainError } from "@geartrain/spec"
import { lstat, mkdir, rmdir } from "../../system/files.ts"
import { draftPath, sweepDrafts } from "../../system/linux/drafts.ts"
import { systemCode } from "../../system/system-code.ts"

/**
 * Looks whether outputs can be written to a folder, before gears run for hours. The folder itself is not made: it may be that nothing comes of them.
 *
 * What may be written to cannot be read from modes alone, least of all by root: a folder is made where the first would be, and removed again.
 *
 * @throws {GeartrainError} OUTPUT_FOLDER_UNUSABLE
 */
export async function tryOutputFolder(folder: string): Promise<void> {
  const whole = resolve(folder)
  await sweepDrafts(whole)
  for (let here = whole; ; here = dirname(here)) {
    const probe = draftPath(here)
    try {
      await mkdir(probe, { mode: 0o700 })
      await rmdir(probe)
      return
    } catch (error) {
      // It will be made, unless what is above it is there and has no room for it.
      if (systemCode(error) === "ENOENT" && here !== "/" && !(await isThere(here))) continue
      throw unusable(folder, here, error)
    }
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false
    throw error
  }
}

function unusable(folder: string, here: string, cause: unknown): GeartrainError {
  const code = systemCode(cause)
  const is =
    code === "ENOTDIR" ? `"${here}" is no folder` : `nothing can be made in "${here}" (${code ?? String(cause)})`
  return new GeartrainError("OUTPUT_FOLDER_UNUSABLE", `Cannot write outputs to "${folder}": ${is}`, {
    details: { folder, found: here },
    hint: "Name another folder: -o DIR",
    cause,
  })
}
