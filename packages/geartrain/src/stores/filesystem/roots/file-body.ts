import { constants, open } from "../../../system/files.ts"
import { readSmallFile } from "../../../system/small-file.ts"
import { systemCode } from "../../../system/system-code.ts"
import { filePieces } from "../home/file-pieces.ts"
import { outputOf } from "./piped-process.ts"

/** Files up to this size, which are nearly all, are read at once. */
const SMALL_BYTES = 128 * 1024

/**
 * Reads a file of an unpacked tree, also one that its mode keeps us from reading, as it may when we are not root: in a user namespace of our
 * own we are.
 *
 * @param sizeBytes  What the file should have. When it has more, at least one byte of that is read.
 */
export async function* fileBody(path: string, sizeBytes: number): AsyncGenerator<Uint8Array> {
  try {
    if (sizeBytes <= SMALL_BYTES) yield readSmallFile(path, sizeBytes)
    else yield* largeBody(path, sizeBytes)
  } catch (error) {
    if (systemCode(error) !== "EACCES") throw error
    const failed = (stderr: string): Error => Object.assign(new Error(stderr), { code: "EACCES" })
    yield* outputOf(["unshare", "--user", "--map-root-user", "cat", "--", path], {
      debianPackage: "util-linux",
      failed,
    })
  }
}

async function* largeBody(path: string, sizeBytes: number): AsyncGenerator<Uint8Array> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    yield* filePieces(file, sizeBytes)
  } finally {
    await file.close()
  }
}
