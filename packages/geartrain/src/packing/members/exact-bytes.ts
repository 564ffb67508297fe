/**
 * Hands on the bytes of a member, as many as were promised: an archive says the size before the bytes, and one that says another is damaged.
 *
 * @throws {RangeError} when there are fewer or more; of more, none is handed on.
 */
export async function* exactBytes(
  member: { readonly name: string; readonly sizeBytes: number; bytes(): AsyncIterable<Uint8Array> },
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  let left = member.sizeBytes
  for await (const chunk of member.bytes()) {
    signal?.throwIfAborted()
    left -= chunk.length
    if (left < 0) throw new RangeError(`"${member.name}" has more than its ${member.sizeBytes} bytes`)
    if (chunk.length > 0) yield chunk
  }
  if (left > 0) throw new RangeError(`"${member.name}" ends ${left} bytes before its ${member.sizeBytes}`)
}
