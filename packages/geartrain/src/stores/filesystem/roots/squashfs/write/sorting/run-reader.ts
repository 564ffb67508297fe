import type { FileHandle } from "../../../../../../system/files.ts"
import { readAtOnce } from "../../../../../../system/small-file.ts"
import { RECORD_HEAD_BYTES, readSortRecord, sizeOfRecord } from "./sort-record.ts"

/** There may be some dozens of runs. */
const CHUNK_BYTES = 32 * 1024

/** Reads the records of one sorted run, one after the other. */
export class RunReader {
  readonly #file: FileHandle
  readonly #end: number
  /** Where in the file the bytes come from that are read next. */
  #position: number
  #chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  #at = 0
  #filled = 0

  constructor(file: FileHandle, run: { readonly start: number; readonly end: number }) {
    this.#file = file
    this.#position = run.start
    this.#end = run.end
  }

  /** The next record, as views that are valid until the one after it is asked for. */
  next(): { readonly key: Buffer; readonly value: Buffer } | undefined {
    if (!this.#has(RECORD_HEAD_BYTES)) return undefined
    const length = sizeOfRecord(this.#chunk, this.#at)
    if (!this.#has(length)) throw new RangeError("A file that was put aside is shorter than it was")
    const record = readSortRecord(this.#chunk, this.#at)
    this.#at += length
    return record
  }

  #has(length: number): boolean {
    if (this.#filled - this.#at >= length) return true
    const rest = this.#chunk.subarray(this.#at, this.#filled)
    const chunk = length > this.#chunk.length ? Buffer.allocUnsafeSlow(length) : this.#chunk
    chunk.set(rest)
    this.#chunk = chunk
    this.#at = 0
    this.#filled = rest.length
    const wanted = Math.min(chunk.length - rest.length, this.#end - this.#position)
    const read = readAtOnce(this.#file, chunk.subarray(rest.length), { position: this.#position, length: wanted })
    this.#position += read
    this.#filled += read
    return this.#filled >= length
  }
}
