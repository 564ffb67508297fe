import { hexOf, type TreeDigest } from "@geartrain/spec"
import { createHasher } from "../../../system/hash.ts"
import { systemCode } from "../../../system/system-code.ts"
import { fileBody } from "./file-body.ts"
import { rootDamaged } from "./root-folder.ts"

/** What a file has to be. */
export interface ExpectedFile {
  readonly path: string
  readonly sizeBytes: number
  /** Sha256; where none is known, no bytes are right. */
  readonly hex: string | undefined
}

/**
 * Reads a file of an unpacked tree, and holds it against what it has to be.
 *
 * @param folder  The tree's.
 * @throws {GeartrainError} ROOT_DAMAGED when it is missing, longer, shorter or has other bytes, at the end of it at the latest.
 */
export async function* checkedBody(
  folder: string,
  { path, sizeBytes, hex }: ExpectedFile,
  tree: TreeDigest,
): AsyncGenerator<Uint8Array, void> {
  const damaged = (because: string, cause?: unknown): Error =>
    rootDamaged(tree, `its file ${JSON.stringify(path)} ${because}`, cause)
  const hasher = createHasher()
  let restBytes = sizeBytes
  try {
    for await (const piece of fileBody(`${folder}/${path}`, sizeBytes)) {
      if (piece.length > restBytes) throw damaged("has grown")
      restBytes -= piece.length
      hasher.update(piece)
      yield piece
    }
  } catch (error) {
    const code = systemCode(error)
    if (typeof code !== "string" || !UNREADABLE.has(code)) throw error
    throw damaged(`cannot be read (${code})`, error)
  }
  if (restBytes > 0) throw damaged(`is ${restBytes} bytes short`)
  if (hexOf(hasher.digest()) !== hex) throw damaged("has other bytes")
}

const UNREADABLE = new Set(["ENOENT", "ENOTDIR", "ELOOP", "EACCES", "EISDIR", "ENXIO", "EIO"])
