import { UnfitFile } from "../unfit-file.ts"

/**
 * The whole of a file that a format has to have in memory.
 *
 * @throws {UnfitFile} when it is longer than `mostBytes`: then it is compared as bytes.
 */
export async function readWhole(chunks: AsyncIterable<Uint8Array>, mostBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunks) {
    length += chunk.length
    if (length > mostBytes) throw new UnfitFile(`it is longer than ${mostBytes} bytes`)
    parts.push(chunk)
  }
  return Buffer.concat(parts, length)
}
