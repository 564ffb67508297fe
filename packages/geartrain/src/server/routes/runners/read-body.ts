import { GeartrainError } from "@geartrain/spec"

/**
 * Reads a streamed body to its end.
 *
 * @throws {GeartrainError} REQUEST_TOO_LARGE as soon as there is too much of it; REQUEST_INVALID for no bytes at all.
 */
export async function readBody(body: unknown, mostBytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of streamOf(body)) {
    size += part.length
    if (size > mostBytes) {
      throw new GeartrainError("REQUEST_TOO_LARGE", `Cannot take the body: it has more than ${mostBytes} bytes`)
    }
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/** @throws {GeartrainError} REQUEST_INVALID when the body is no stream of bytes. */
export function streamOf(body: unknown): AsyncIterable<Uint8Array> {
  if (typeof body === "object" && body !== null && Symbol.asyncIterator in body)
    return body as AsyncIterable<Uint8Array>
  throw new GeartrainError("REQUEST_INVALID", "Cannot take the body: it is no stream of bytes", {
    hint: "Send it as application/octet-stream",
  })
}
