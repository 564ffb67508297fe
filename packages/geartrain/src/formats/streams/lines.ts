import type { Findings } from "../file-comparison.ts"
import { UnfitFile } from "../unfit-file.ts"

/** A longer line is no line of a text that people compare. */
const LONGEST_CHARACTERS = 16 * 1024 * 1024

/** Whether the last lines of two texts end in a line feed. */
export class LastLines {
  a = true
  b = true

  /** Answers whether that is a difference, and adds it. */
  tell(findings: Findings): boolean {
    if (this.a === this.b) return false
    const word = (hasEnd: boolean): string => (hasEnd ? "a line feed" : "none")
    findings.add("end of the last line", word(this.a), word(this.b))
    return true
  }
}

/**
 * The lines of a text, without their ends. A last line without an end is one, too, and noted down.
 *
 * @throws {UnfitFile} at a line of more than 16 MiB, and at bytes that are not UTF-8, since two such would look the same.
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  ends?: { readonly last: LastLines; readonly side: "a" | "b" },
): AsyncIterable<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
  let rest = ""
  for await (const chunk of chunks) {
    const text = rest + decode(decoder, chunk)
    let start = 0
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
      yield text.slice(start, end)
      start = end + 1
    }
    rest = text.slice(start)
    if (rest.length > LONGEST_CHARACTERS) throw new UnfitFile("it has a line of more than 16 MiB")
  }
  rest += decode(decoder)
  if (ends !== undefined) ends.last[ends.side] = rest === ""
  if (rest !== "") yield rest
}

function decode(decoder: InstanceType<typeof TextDecoder>, chunk?: Uint8Array): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true })
  } catch (error) {
    throw new UnfitFile("it is not UTF-8", { cause: error })
  }
}
