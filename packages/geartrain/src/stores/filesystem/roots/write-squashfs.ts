import type { TreeDigest } from "@geartrain/spec"
import { diskError } from "../home/disk-error.ts"
import { packSquashfs } from "./squashfs/write/pack-squashfs.ts"

/**
 * Makes a squashfs straight from a tar stream, and answers when it is on the disk.
 *
 * @throws {GeartrainError} STORE_FULL and its like for what the disk refuses. What the stream itself throws comes as it is.
 */
export async function writeSquashfs(path: string, tar: AsyncIterable<Uint8Array>, tree: TreeDigest): Promise<void> {
  const failed: { error?: unknown } = {}
  try {
    await packSquashfs(path, noting(tar, failed), { reference: tree })
  } catch (error) {
    throw "error" in failed ? error : diskError(error, `store root filesystem "${tree}"`)
  }
}

/** Whatever disk the stream comes from, it is not the store's that refused something then. */
async function* noting(tar: AsyncIterable<Uint8Array>, failed: { error?: unknown }): AsyncGenerator<Uint8Array, void> {
  try {
    yield* tar
  } catch (error) {
    failed.error = error
    throw error
  }
}
