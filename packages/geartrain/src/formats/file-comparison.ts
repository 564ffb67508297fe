/** One thing in which two files are not alike. A side that is absent has no such thing. */
export interface FileDifference {
  /** Where: a line, a field of a header, a member of an archive, an offset. */
  readonly place: string
  readonly a?: string
  readonly b?: string
}

/** How far numbers are apart. */
export interface NumberErrors {
  readonly compared: number
  readonly differing: number
  readonly largestAbsolute: number
  /** Of |a - b| to the larger of |a| and |b|. */
  readonly largestRelative: number
}

/** What two files of one format have in common, and what not. */
export interface FileComparison {
  /** Word for the format that they were read as; `bytes` when none was known, or the two are not of one kind. */
  readonly format: string
  /** Nothing differs that the format can tell: the bytes may still, as those of two compressions of one text. */
  readonly same: boolean
  /** One sentence: what kind of difference it is. */
  readonly summary: string
  /** The first of them. */
  readonly differences: readonly FileDifference[]
  /** How many more there are. */
  readonly omitted: number
  readonly numbers?: NumberErrors
  /** All that differs are numbers, which `numbers` measures. */
  readonly onlyNumbers?: true
  /** The same records, in another order. */
  readonly onlyOrder?: true
}

/** The longest text that is shown of a value. */
const MOST_CHARACTERS = 200

/** Collects differences and keeps the first, so that two files that have nothing in common do not fill the memory. */
export class Findings {
  readonly #most: number
  readonly #kept: FileDifference[] = []
  #count = 0

  /** @param most  How many are kept. */
  constructor(most = 20) {
    this.#most = most
  }

  get count(): number {
    return this.#count
  }

  /** Whether another difference would be counted only: then nobody need say what it is. */
  get isFull(): boolean {
    return this.#kept.length >= this.#most
  }

  /** Counts differences of which nothing is kept. */
  addUnseen(count: number): void {
    this.#count += count
  }

  add(place: string, a: string | undefined, b: string | undefined): void {
    this.#count += 1
    if (this.isFull) return
    this.#kept.push({
      place,
      ...(a === undefined ? {} : { a: shorten(a) }),
      ...(b === undefined ? {} : { b: shorten(b) }),
    })
  }

  /** Takes over what was found inside of something, such as a member of an archive. */
  addAll(inside: string, comparison: FileComparison): void {
    for (const { place, a, b } of comparison.differences) this.add(`${inside}: ${place}`, a, b)
    this.#count += comparison.omitted
  }

  get kept(): readonly FileDifference[] {
    return this.#kept
  }

  get omitted(): number {
    return this.#count - this.#kept.length
  }
}

/** Puts together what a format answers with. */
export function comparison(
  format: string,
  findings: Findings,
  said: Pick<FileComparison, "summary"> & Partial<Pick<FileComparison, "numbers" | "onlyNumbers" | "onlyOrder">>,
): FileComparison {
  return {
    format,
    same: findings.count === 0 && said.onlyOrder !== true,
    differences: findings.kept,
    omitted: findings.omitted,
    ...said,
  }
}

function shorten(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text
}
