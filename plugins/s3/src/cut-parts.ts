/** A part of a source, in a buffer that is used again. */
export interface Part {
  /** From 1 on. */
  readonly number: number
  readonly bytes: Uint8Array
  readonly isLast: boolean
  /** To be called once the bytes are not needed any more. */
  readonly release: () => void
}

/** A source of a few bytes needs no buffer of a whole part. */
const SMALLEST_BUFFER_BYTES = 64 * 1024

/**
 * Cuts a source into parts of given sizes, of which only the last is smaller; a source without bytes is one empty part. Bytes are copied,
 * since a source may use its own buffers again, and buffers are reused, since garbage of this size is collected late.
 *
 * @param sizeOf  Bytes of a part, by its number.
 */
export async function* cutParts(
  source: AsyncIterable<Uint8Array>,
  sizeOf: (number: number) => number,
): AsyncGenerator<Part, void, undefined> {
  const free: Buffer[] = []
  let number = 1
  let buffer: Buffer = Buffer.allocUnsafeSlow(Math.min(SMALLEST_BUFFER_BYTES, sizeOf(1)))
  let filled = 0
  const part = (isLast: boolean): Part => {
    const whole = buffer
    return { number, bytes: whole.subarray(0, filled), isLast, release: () => void free.push(whole) }
  }
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; ) {
      // Only now is it certain that the full part is not the last.
      if (filled === sizeOf(number)) {
        yield part(false)
        number += 1
        buffer = reused(free, sizeOf(number))
        filled = 0
      }
      const wanted = Math.min(sizeOf(number), filled + chunk.length - at)
      if (wanted > buffer.length) buffer = grown(buffer, { filled, wanted, most: sizeOf(number) })
      const taken = Math.min(buffer.length - filled, chunk.length - at)
      buffer.set(chunk.subarray(at, at + taken), filled)
      filled += taken
      at += taken
    }
  }
  yield part(true)
}

/** A buffer that was given back, unless it has another size. */
function reused(free: Buffer[], sizeBytes: number): Buffer {
  for (let buffer = free.pop(); buffer !== undefined; buffer = free.pop())
    if (buffer.length === sizeBytes) return buffer
  return Buffer.allocUnsafeSlow(sizeBytes)
}

function grown(
  buffer: Buffer,
  { filled, wanted, most }: { readonly filled: number; readonly wanted: number; readonly most: number },
): Buffer {
  const larger = Buffer.allocUnsafeSlow(Math.min(most, Math.max(wanted, 2 * buffer.length)))
  buffer.copy(larger, 0, 0, filled)
  return larger
}
