import type { FileHandle } from "../../../../../../system/files.ts"
import { ImageOutput } from "../image-output.ts"
import { RunReader } from "./run-reader.ts"
import {
  compareRecords,
  encodedBytes,
  readSortRecord,
  type SortRecord,
  sizeOfRecord,
  writeSortRecord,
} from "./sort-record.ts"

/** Half of it is sorted in memory: some 20,000 files. The rest is room for what comes until there is time to put it aside. */
const ARENA_BYTES = 4 * 1024 * 1024

/** A record as it comes out: views that are valid until the next is asked for. */
export interface SortedRecord {
  readonly key: Buffer
  readonly value: Buffer
}

/**
 * Sorts any number of records by the bytes of their keys, with some megabytes of them in memory: what is more lies in a file, in sorted runs,
 * which are merged when they are read.
 */
export class SpillingSorter {
  readonly #openFile: () => Promise<FileHandle>
  readonly #arenaBytes: number
  #arena: Buffer<ArrayBuffer>
  #used = 0
  #places: number[] = []
  #file: FileHandle | undefined
  #output: ImageOutput | undefined
  readonly #runs: { readonly start: number; readonly end: number }[] = []

  /**
   * @param openFile  Makes a file for the runs, if there have to be any.
   * @param arenaBytes  How much is kept in memory.
   */
  constructor(openFile: () => Promise<FileHandle>, arenaBytes = ARENA_BYTES) {
    this.#openFile = openFile
    this.#arenaBytes = arenaBytes
    this.#arena = Buffer.allocUnsafeSlow(arenaBytes)
  }

  /** The bytes are copied. Whoever adds much waits for `room` now and then. */
  add(record: SortRecord): void {
    const length = encodedBytes(record)
    if (this.#used + length > this.#arena.length) this.#grow(length)
    writeSortRecord(record, this.#arena, this.#used)
    this.#places.push(this.#used)
    this.#used += length
  }

  /** Puts aside what is in memory when that is much. */
  async room(): Promise<void> {
    if (this.#used > this.#arenaBytes / 2) await this.#spill()
  }

  /** Closes what was added; `sorted` may be called then. */
  async end(): Promise<void> {
    if (this.#runs.length > 0) await this.#spill()
    else this.#sort()
  }

  /** All records in their order. May be asked for more than once, one after the other. */
  *sorted(): Generator<SortedRecord, void> {
    if (this.#file === undefined) for (const place of this.#places) yield readSortRecord(this.#arena, place)
    else yield* merged(this.#runs.map((run) => new RunReader(this.#file as FileHandle, run)))
  }

  async close(): Promise<void> {
    await this.#file?.close()
  }

  #grow(length: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.#arena.length, this.#used + length))
    this.#arena.copy(larger, 0, 0, this.#used)
    this.#arena = larger
  }

  #sort(): void {
    this.#places.sort((a, b) => compareRecords(this.#arena, a, b))
  }

  async #spill(): Promise<void> {
    this.#file ??= await this.#openFile()
    this.#output ??= new ImageOutput(this.#file)
    const output = this.#output
    this.#sort()
    const start = output.position
    for (const place of this.#places) {
      output.push(this.#arena.subarray(place, place + sizeOfRecord(this.#arena, place)))
      await output.room()
    }
    await output.settle()
    this.#runs.push({ start, end: output.position })
    this.#used = 0
    this.#places = []
    if (this.#arena.length > this.#arenaBytes) this.#arena = Buffer.allocUnsafeSlow(this.#arenaBytes)
  }
}

interface Head {
  readonly run: RunReader
  readonly record: SortedRecord
}

/** Few runs, and mostly many records of one after the other: the one that gave the last is looked at first. */
function* merged(runs: readonly RunReader[]): Generator<SortedRecord, void> {
  const heads: Head[] = []
  const put = (run: RunReader): void => {
    const record = run.next()
    if (record === undefined) return
    const after = heads.findIndex((head) => head.record.key.compare(record.key) > 0)
    heads.splice(after < 0 ? heads.length : after, 0, { run, record })
  }
  for (const run of runs) put(run)
  for (let head = heads.shift(); head !== undefined; head = heads.shift()) {
    yield head.record
    put(head.run)
  }
}
