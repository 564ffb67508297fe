/** The table's numbers have 16 bits. */
export const MOST_IDS = 65_535

/** Owners and groups: each number that is used stands in it once, and inodes name its place. */
export class IdTable {
  readonly #indexes = new Map<number, number>()

  get count(): number {
    return this.#indexes.size
  }

  /** @throws {RangeError} for one too many */
  index(id: number): number {
    const known = this.#indexes.get(id)
    if (known !== undefined) return known
    if (this.#indexes.size >= MOST_IDS) throw new RangeError(`it has more than ${MOST_IDS} owners and groups`)
    const index = this.#indexes.size
    this.#indexes.set(id, index)
    return index
  }

  /** The records of the table, 32 bits each. */
  records(): Buffer {
    const records = Buffer.alloc(this.#indexes.size * 4)
    for (const [id, index] of this.#indexes) records.writeUInt32LE(id, index * 4)
    return records
  }
}
