import { basename, dirname } from "node:path"
import { fileType, GeartrainError } from "@geartrain/spec"
import { realpath, stat } from "../../../system/files.ts"
import { systemCode } from "../../../system/system-code.ts"
import type { PlannedFile } from "../../upload-plan/upload-plan.ts"

/** One file that goes to a place under its own name. */
export interface SingleFile {
  readonly kind: "file"
  /** Absolute, without links. */
  readonly folder: string
  readonly file: PlannedFile
}

/**
 * Looks what lies at a path.
 *
 * @returns `folder` for one, which has to be planned.
 * @throws {GeartrainError} UPLOAD_FILE_CHANGED for what is neither file nor folder, or not there.
 */
export async function planFile(path: string): Promise<SingleFile | { readonly kind: "folder" }> {
  try {
    const real = await realpath(path)
    const stats = await stat(real)
    if (stats.isDirectory()) return { kind: "folder" }
    if (!stats.isFile()) throw unfit(path, "it is neither a file nor a folder")
    // By the name that the user gave, also where that is a link.
    const name = basename(path).normalize("NFC")
    const type = fileType(name)
    const fields = type === undefined ? {} : { type }
    const content = { kind: "file", path: basename(real) } as const
    return { kind: "file", folder: dirname(real), file: { name, sizeBytes: stats.size, fields, content } }
  } catch (error) {
    const code = systemCode(error)
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") throw unfit(path, "there is no such file")
    if (code === "EACCES") throw unfit(path, "you may not look there")
    throw error
  }
}

function unfit(path: string, problem: string): GeartrainError {
  return new GeartrainError("UPLOAD_FILE_CHANGED", `Cannot upload "${path}": ${problem}`, {
    details: { file: path },
    hint: "Check the path",
  })
}
