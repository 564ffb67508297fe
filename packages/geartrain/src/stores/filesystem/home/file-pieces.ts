import type { FileHandle } from "../../../system/files.ts"

const PIECE_BYTES = 1024 * 1024

/**
 * Reads an open file from its beginning. Each piece has memory of its own, so its reader may keep or change it.
 *
 * @param sizeBytes  What the file is expected to have: a small file is then read into a small buffer, in one go. It is read to its end
 *   in any case.
 */
export async function* filePieces(file: FileHandle, sizeBytes = Number.POSITIVE_INFINITY): AsyncGenerator<Uint8Array> {
  let position = 0
  for (;;) {
    // One byte more than is expected, since a read that does not fill its buffer has come to the end (read(2), of a regular file).
    const expectedBytes = position > sizeBytes ? PIECE_BYTES : sizeBytes - position + 1
    const bufferBytes = Math.min(PIECE_BYTES, expectedBytes)
    const buffer = Buffer.allocUnsafeSlow(bufferBytes)
    const { bytesRead } = await file.read(buffer, 0, bufferBytes, position)
    if (bytesRead === 0) return
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
    if (bytesRead < bufferBytes) return
  }
}
