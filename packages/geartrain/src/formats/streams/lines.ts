import { StringDecoder } from "node:string_decoder"
import { UnfitFile } from "../unfit-file.ts"

/** A longer line is no line of a text that people compare. */
const LONGEST_CHARACTERS = 16 * 1024 * 1024

/**
 * The lines of a text, without their ends. A last line without an end is one, too.
 *
 * @throws {UnfitFile} at a line of more than 16 MiB.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new StringDecoder("utf8")
  let rest = ""
  for await (const chunk of chunks) {
    const text = rest + decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    let start = 0
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
      yield text.slice(start, end)
      start = end + 1
    }
    rest = text.slice(start)
    if (rest.length > LONGEST_CHARACTERS) throw new UnfitFile("it has a line of more than 16 MiB")
  }
  rest += decoder.end()
  if (rest !== "") yield rest
}
