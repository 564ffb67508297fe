import { type ImagePlace, imageError } from "../../packing/place/image-place.ts"
import type { ImageLimits } from "./image-limits.ts"

/** Counts what is unpacked from one image, and stops when it is more than an honest one could have. */
export class UnpackBudget {
  readonly limits: ImageLimits
  readonly #place: ImagePlace
  /** Bytes of the whole archive where that is known before it is read: then a large hole in front of much data is no reason to stop. */
  readonly #knownPackedBytes: number
  #packedBytes = 0
  #streamBytes = 0
  #fileBytes = 0
  #holeBytes = 0
  #entries = 0

  constructor(limits: ImageLimits, place: ImagePlace, knownPackedBytes = 0) {
    this.limits = limits
    this.#place = place
    this.#knownPackedBytes = knownPackedBytes
  }

  /** Bytes that were read, compressed where they are so. */
  packed(sizeBytes: number): void {
    this.#packedBytes += sizeBytes
  }

  /**
   * Bytes of a tar stream that came out of them.
   *
   * @throws {GeartrainError} IMAGE_TOO_LARGE
   */
  unpacked(sizeBytes: number): void {
    this.#streamBytes += sizeBytes
    const { freeBytes, maxExpansion, maxUnpackedBytes } = this.limits
    const packed = Math.max(this.#packedBytes, this.#knownPackedBytes)
    if (this.#streamBytes > freeBytes + packed * maxExpansion) {
      throw this.#tooLarge(
        `it unpacks to more than ${maxExpansion} times its size, which looks like a bomb`,
        trusting(`expansion=${maxExpansion * 10}`),
      )
    }
    // Headers and padding make the stream a little larger than the files in it; a tenth and a gigabyte are room enough for them.
    if (this.#streamBytes > maxUnpackedBytes * 1.1 + freeBytes) {
      throw this.#tooLarge(`it unpacks to more than ${maxUnpackedBytes} bytes`, larger(maxUnpackedBytes))
    }
  }

  /**
   * An entry, before its body is read.
   *
   * @throws {GeartrainError} IMAGE_TOO_MANY_ENTRIES, IMAGE_TOO_LARGE
   */
  entry(entry: { readonly path: string; readonly size: number }, holeBytes: number): void {
    this.countName()
    this.#fileBytes += entry.size
    this.#holeBytes += holeBytes
    const { freeBytes, maxHoleExpansion, maxUnpackedBytes } = this.limits
    if (this.#fileBytes > maxUnpackedBytes) {
      throw this.#tooLarge(
        `brings the unpacked image above ${maxUnpackedBytes} bytes`,
        larger(maxUnpackedBytes),
        entry.path,
      )
    }
    const packed = Math.max(this.#packedBytes, this.#knownPackedBytes)
    if (this.#holeBytes > freeBytes + packed * maxHoleExpansion) {
      const problem = `brings the holes of its sparse files to ${this.#holeBytes} bytes, which looks like a bomb`
      throw this.#tooLarge(problem, trusting(`holes=${maxHoleExpansion * 10}`), entry.path)
    }
  }

  /** A folder that no entry stands for counts too: one entry may need two hundred of them. */
  countName(): void {
    this.#entries++
    if (this.#entries <= this.limits.maxEntries) return
    throw imageError("IMAGE_TOO_MANY_ENTRIES", this.#place, {
      problem: `it has more than ${this.limits.maxEntries} entries`,
      hint: needed(`entries=${this.limits.maxEntries * 2}`),
    })
  }

  #tooLarge(problem: string, hint: string, entry?: string): Error {
    return imageError("IMAGE_TOO_LARGE", this.#place, { ...(entry === undefined ? {} : { entry }), problem, hint })
  }
}

function larger(maxUnpackedBytes: number): string {
  return needed(`size=${Math.ceil((maxUnpackedBytes * 2) / 2 ** 30)}g`)
}

function needed(limit: string): string {
  return `Remove what the gear does not need, or allow more: gear import --image-limit ${limit}`
}

function trusting(limit: string): string {
  return `If you trust its maker, allow more: gear import --image-limit ${limit}`
}
