import { GeartrainError } from "@geartrain/spec"
import { writeAtomically } from "../../system/atomic-write.ts"
import { open, realpath } from "../../system/files.ts"
import { systemCode } from "../../system/system-code.ts"

// Larger than any manifest: beyond it, the reader of JSON says that it is too large.
const MOST_BYTES = 4 * 1024 * 1024 + 1

/**
 * Reads a file that should be a manifest, as far as one may go.
 *
 * @throws {GeartrainError} LINT_FILE_UNUSABLE
 */
export async function readManifestFile(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path, "r")
    try {
      const buffer = Buffer.alloc(Math.min(MOST_BYTES, (await file.stat()).size + 1))
      const { bytesRead } = await file.read(buffer, 0, buffer.length, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw unusable("read", path, error)
  }
}

/**
 * Puts another text in the place of a file's own, whole or not at all. A link stays one, and the file keeps its mode.
 *
 * @throws {GeartrainError} LINT_FILE_UNUSABLE
 */
export async function replaceManifestFile(path: string, text: string): Promise<void> {
  try {
    const target = await realpath(path)
    const before = await open(target, "r")
    const { mode } = await before.stat().finally(() => before.close())
    await writeAtomically(target, async (file) => {
      await file.writeFile(text)
      await file.chmod(mode & 0o7777)
    })
  } catch (error) {
    throw unusable("mend", path, error)
  }
}

function unusable(doing: "read" | "mend", path: string, cause: unknown): GeartrainError {
  const code = systemCode(cause)
  const is = code === "ENOENT" || code === "ENOTDIR" ? "there is no such file or folder" : (code ?? String(cause))
  return new GeartrainError("LINT_FILE_UNUSABLE", `Cannot ${doing} "${path}": ${is}`, {
    details: { path },
    hint: doing === "read" ? "Name a manifest, a gear's folder or an image" : "Run as a user who may write there",
    cause,
  })
}
