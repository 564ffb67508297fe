import type { Findings } from "../../file-comparison.ts"
import { type RecordCounts, RecordTally } from "../../records/record-tally.ts"
import { UnfitFile } from "../../unfit-file.ts"
import { type BamHeader, readBamHeader } from "./bam-header.ts"
import { recordLength, seemsRecord, showRecord } from "./bam-record.ts"
import { commonPrefix } from "./common-prefix.ts"
import type { PairReader, UnpackedPair } from "./unpacked-pairs.ts"

/** Blocks were passed over behind which no record begins: they must be unpacked after all. */
export class PassedTooFar extends Error {}

/** One file, as far as it was unpacked and not yet compared. */
interface Side {
  rest: Buffer
  header: BamHeader | undefined
  hasEnded: boolean
}

/** Compares the unpacked bytes of two BAM files as they come: headers line by line, then record by record. */
export class BamReader implements PairReader {
  readonly #a: Side = { rest: EMPTY, header: undefined, hasEnded: false }
  readonly #b: Side = { rest: EMPTY, header: undefined, hasEnded: false }
  readonly #records = new RecordTally()
  /** After which records of A blocks were passed over, and to which byte of the file. */
  readonly #passed: { readonly number: number; readonly position: number }[] = []
  readonly #wantsToPass: boolean
  #isResuming = false

  /** @param wantsToPass  Whether blocks that are the same in both need not be read. */
  constructor(wantsToPass: boolean) {
    this.#wantsToPass = wantsToPass
  }

  get backlog(): { readonly a: number; readonly b: number } {
    return { a: this.#a.rest.length, b: this.#b.rest.length }
  }

  get mayPass(): boolean {
    const isBetween = ({ rest, header }: Side): boolean => header !== undefined && rest.length === 0
    return this.#wantsToPass && isBetween(this.#a) && isBetween(this.#b)
  }

  get hasPassed(): boolean {
    return this.#passed.length > 0
  }

  passed(position: number): void {
    const number = this.#records.number
    if (this.#passed.at(-1)?.number === number) this.#passed.pop()
    this.#passed.push({ number, position })
    this.#isResuming = true
  }

  /** @throws {UnfitFile} when what comes is no BAM. */
  read({ a, b, ends }: UnpackedPair): void {
    for (const [side, bytes, hasEnded] of [
      [this.#a, a, ends.a],
      [this.#b, b, ends.b],
    ] as const) {
      side.rest = side.rest.length === 0 ? bytes : Buffer.concat([side.rest, bytes])
      side.hasEnded ||= hasEnded
      if (side.header === undefined) readHeader(side)
    }
    if (this.#a.header === undefined || this.#b.header === undefined) return
    if (this.#isResuming) this.#resume(this.#a.header.sequences)
    this.#compare()
  }

  /** @throws {UnfitFile} when a file ends before its header or within a record. */
  finish(findings: Findings): { readonly header: RecordCounts; readonly records: RecordCounts } {
    for (const side of [this.#a, this.#b]) side.hasEnded = true
    if (this.#a.header === undefined || this.#b.header === undefined) throw new UnfitFile(CUT_SHORT)
    this.#compare()
    if (this.#a.rest.length > 0 || this.#b.rest.length > 0) throw new UnfitFile(CUT_SHORT)
    const header = compareLines(this.#a.header.lines, this.#b.header.lines, findings)
    const nameOf = (number: number): string => this.#nameOf(number)
    return { header, records: this.#records.counts({ findings, nameOf, show: showRecord }) }
  }

  #resume(sequences: number): void {
    if (this.mayPass) return
    this.#isResuming = false
    for (const { rest } of [this.#a, this.#b])
      if (rest.length > 0 && !seemsRecord(rest, 0, sequences)) throw new PassedTooFar()
  }

  #compare(): void {
    const [a, b] = [this.#a.rest, this.#b.rest]
    let [atA, atB] = [0, 0]
    // Where one record is another, the next ones often are, too: then each is looked at by itself.
    let wasSame = true
    for (;;) {
      if (wasSame) {
        const same = sameRecords(a.subarray(atA), b.subarray(atB))
        this.#records.addSame(same.count)
        atA += same.length
        atB += same.length
      }
      const [one, two] = [wholeRecord(a, atA), wholeRecord(b, atB)]
      // Which records belong together is known once both are there.
      if ((one === undefined && !isOver(this.#a, atA)) || (two === undefined && !isOver(this.#b, atB))) break
      if (one === undefined && two === undefined) break
      wasSame = one === two && one !== undefined && a.compare(b, atB, atB + one, atA, atA + one) === 0
      if (wasSame) this.#records.addSame(1)
      else if (one !== undefined && two !== undefined && !this.#records.isLooking) this.#records.addDifferent()
      else this.#records.pair(textOf(a, atA, one), textOf(b, atB, two))
      atA += one ?? 0
      atB += two ?? 0
    }
    this.#a.rest = Buffer.from(a.subarray(atA))
    this.#b.rest = Buffer.from(b.subarray(atB))
  }

  #nameOf(number: number): string {
    const before = this.#passed.findLast((passed) => passed.number < number)
    return before === undefined ? `record ${number}` : `record ${number - before.number} after byte ${before.position}`
  }
}

const EMPTY = Buffer.alloc(0)
const CUT_SHORT = "it is cut short"

function readHeader(side: Side): void {
  side.header = readBamHeader(side.rest)
  if (side.header !== undefined) side.rest = side.rest.subarray(side.header.endsAt)
}

/** Equal bytes are not looked at record by record, but for where each ends. */
function sameRecords(a: Buffer, b: Buffer): { readonly count: number; readonly length: number } {
  const same = commonPrefix(a, b)
  let count = 0
  let length = 0
  for (;;) {
    const next = recordLength(a, length)
    if (next === undefined || length + next > same) return { count, length }
    length += next
    count += 1
  }
}

function wholeRecord(bytes: Buffer, at: number): number | undefined {
  const length = recordLength(bytes, at)
  return length === undefined || at + length > bytes.length ? undefined : length
}

function isOver({ hasEnded, rest }: Side, at: number): boolean {
  return hasEnded && at === rest.length
}

/** A character for each byte. */
function textOf(bytes: Buffer, at: number, length: number | undefined): string | undefined {
  return length === undefined ? undefined : bytes.toString("latin1", at + 4, at + length)
}

function compareLines(a: readonly string[], b: readonly string[], findings: Findings): RecordCounts {
  const tally = new RecordTally()
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) tally.pair(a[index], b[index])
  return tally.counts({ findings, nameOf: (number) => `header line ${number}` })
}
