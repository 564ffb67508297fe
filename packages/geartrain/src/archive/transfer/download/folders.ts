import { join } from "node:path"
import { GeartrainError } from "@geartrain/spec"
import { lstat, mkdir } from "../../../system/files.ts"
import { systemCode } from "../../../system/system-code.ts"

/** Makes folders below one, and follows no link that somebody has put there. */
export class Folders {
  readonly #top: string
  readonly #made = new Map<string, Promise<void>>()

  constructor(top: string) {
    this.#top = top
  }

  async make(path: string): Promise<void> {
    const steps = path.split("/").slice(0, -1)
    for (let depth = 1; depth <= steps.length; depth++) {
      const folder = join(this.#top, ...steps.slice(0, depth))
      const making = this.#made.get(folder) ?? makeFolder(folder)
      this.#made.set(folder, making)
      await making
    }
  }
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder).catch((error: unknown) => {
    if (systemCode(error) !== "EEXIST") throw error
  })
  if ((await lstat(folder)).isDirectory()) return
  throw new GeartrainError(
    "OUTPUT_FOLDER_UNUSABLE",
    `Cannot download into "${folder}": it is no folder, but a file or a link`,
    {
      details: { folder },
      hint: "Name an empty folder: -o DIR",
    },
  )
}

/** @throws what is no answer of the system. */
export function unwritable(path: string, cause: unknown): GeartrainError {
  const code = systemCode(cause)
  if (code === undefined) throw cause
  return new GeartrainError("OUTPUT_FOLDER_UNUSABLE", `Cannot download to "${path}": ${code}`, {
    details: { path },
    hint: "Look at its modes, and whether the disk is full",
    cause,
  })
}
