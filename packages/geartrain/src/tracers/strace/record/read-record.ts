import type { TraceEvent } from "@geartrain/ports"
import { RecordReader, UnfitRecord } from "./record-reader.ts"

/** Four names of the greatest length there is, each byte of them in four digits, and what stands around them. */
const MOST_LINE_BYTES = 256 * 1024

/**
 * Reads a record as it comes, in pieces of any size, and tells what the gear did. Holds a line and what is known of each process, whatever the
 * length of the record.
 *
 * @throws {UnfitRecord} where it is not a whole record of strace's.
 */
export async function* readRecord(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<TraceEvent, void> {
  const reader = new RecordReader()
  let rest = ""
  for await (const piece of pieces) {
    const lines = (rest + Buffer.from(piece).toString("latin1")).split("\n")
    rest = lines.pop() ?? ""
    if (rest.length > MOST_LINE_BYTES) throw new UnfitRecord("it has a line without end")
    for (const line of lines) yield* reader.line(line)
  }
  if (rest !== "") throw new UnfitRecord("it ends in the middle of a line")
  yield* reader.end()
}
