import { join } from "node:path"
import { GeartrainError } from "@geartrain/spec"
import { existsSync, mkdir, open, rm } from "../../system/files.ts"
import { systemCode } from "../../system/system-code.ts"
import type { StarterFile } from "./template.ts"

/**
 * Writes files into a folder, which is made if it is not there: all of them or none, and none over another.
 *
 * @throws {GeartrainError} OUTPUT_EXISTS with the names of those that are there; OUTPUT_FOLDER_UNUSABLE
 */
export async function writeStarter(folder: string, files: Readonly<Record<string, StarterFile>>): Promise<void> {
  const there = Object.keys(files).filter((name) => existsSync(join(folder, name)))
  if (there.length > 0) throw exists(folder, there)
  const written: string[] = []
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw unusable(folder, error)
  })
  try {
    for (const [name, { text, executable }] of Object.entries(files)) {
      const path = join(folder, name)
      // Fails where something came to be there since.
      const file = await open(path, "wx", executable === true ? 0o755 : 0o644)
      written.push(path)
      try {
        await file.writeFile(text)
      } finally {
        await file.close()
      }
    }
  } catch (error) {
    for (const path of written) await rm(path, { force: true })
    if (systemCode(error) === "EEXIST") throw exists(folder, Object.keys(files))
    throw unusable(folder, error)
  }
}

function exists(folder: string, names: readonly string[]): GeartrainError {
  const listed = names.map((name) => `"${name}"`).join(", ")
  return new GeartrainError("OUTPUT_EXISTS", `Cannot begin a gear in "${folder}": it has ${listed} already`, {
    details: { folder, names },
    hint: "Name another folder: gear init DIR",
  })
}

function unusable(folder: string, cause: unknown): GeartrainError {
  const code = systemCode(cause) ?? String(cause)
  return new GeartrainError("OUTPUT_FOLDER_UNUSABLE", `Cannot begin a gear in "${folder}": ${code}`, {
    details: { folder },
    hint: "Name a folder that can be written to",
    cause,
  })
}
