import { dirname, join } from "node:path"
import { GeartrainError } from "@geartrain/spec"
import { existsSync, mkdir, open, rm } from "../../system/files.ts"
import { systemCode } from "../../system/system-code.ts"
import type { StarterFile } from "./template.ts"

/** What is begun, for messages. */
interface Begun {
  readonly what: string
  readonly command: string
}

/**
 * Writes files into a folder, which is made if it is not there: all of them or none, and none over another.
 *
 * @throws {GeartrainError} OUTPUT_EXISTS with the names of those that are there; OUTPUT_FOLDER_UNUSABLE
 */
export async function writeStarter(
  folder: string,
  files: Readonly<Record<string, StarterFile>>,
  of: Begun = { what: "a gear", command: "gear init" },
): Promise<void> {
  const there = Object.keys(files).filter((name) => existsSync(join(folder, name)))
  if (there.length > 0) throw exists(folder, there, of)
  const written: string[] = []
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw unusable(folder, error, of)
  })
  try {
    for (const [name, { text, executable }] of Object.entries(files)) {
      const path = join(folder, name)
      await mkdir(dirname(path), { recursive: true })
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
    if (systemCode(error) === "EEXIST") throw exists(folder, Object.keys(files), of)
    throw unusable(folder, error, of)
  }
}

function exists(folder: string, names: readonly string[], { what, command }: Begun): GeartrainError {
  const listed = names.map((name) => `"${name}"`).join(", ")
  return new GeartrainError("OUTPUT_EXISTS", `Cannot begin ${what} in "${folder}": it has ${listed} already`, {
    details: { folder, names },
    hint: `Name another folder: ${command} DIR`,
  })
}

function unusable(folder: string, cause: unknown, { what }: Begun): GeartrainError {
  const code = systemCode(cause) ?? String(cause)
  return new GeartrainError("OUTPUT_FOLDER_UNUSABLE", `Cannot begin ${what} in "${folder}": ${code}`, {
    details: { folder },
    hint: "Name a folder that can be written to",
    cause,
  })
}
