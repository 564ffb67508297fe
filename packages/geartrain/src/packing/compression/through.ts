import { Readable, type Transform } from "node:stream"
import { pipeline } from "node:stream/promises"

/**
 * Sends bytes through a transform, such as one that compresses, and gives what comes out. An error of either side comes out as well, and both
 * are ended when nobody reads on.
 */
export async function* through(transform: Transform, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void> {
  const feeding = pipeline(Readable.from(pieces, { objectMode: false }), transform)
  // The same error comes out of the loop below; here it only must not go unheard.
  feeding.catch(() => undefined)
  try {
    for await (const piece of transform) yield piece as Buffer
    await feeding
  } finally {
    transform.destroy()
  }
}
