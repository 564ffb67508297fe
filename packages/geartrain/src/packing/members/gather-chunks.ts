/** A piece of this size costs nothing to send by itself. */
const ENOUGH_BYTES = 64 * 1024

/**
 * Puts small pieces together, since an archive of small files comes in pieces of some bytes, and each would be a write of its own. Large pieces are
 * handed on as they are, so what is held is bounded.
 */
export async function* gatherChunks(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let held: Uint8Array[] = []
  let heldBytes = 0
  for await (const piece of pieces) {
    const isLarge = piece.length >= ENOUGH_BYTES
    if (heldBytes > 0 && (isLarge || heldBytes + piece.length > ENOUGH_BYTES)) {
      yield Buffer.concat(held)
      held = []
      heldBytes = 0
    }
    if (isLarge) yield piece
    else {
      // A copy: whoever made the piece may use its memory again.
      held.push(Uint8Array.from(piece))
      heldBytes += piece.length
    }
  }
  if (heldBytes > 0) yield Buffer.concat(held)
}
