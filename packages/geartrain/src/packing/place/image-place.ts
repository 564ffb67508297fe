import { type ErrorCode, GeartrainError, isGeartrainError } from "@geartrain/spec"

/** What is being read, so that an error can say where it happened. */
export interface ImagePlace {
  /** The path or reference that the user gave. */
  readonly reference: string
  /** A part of it, such as `layer 2`; absent for a flat tar. */
  readonly part?: string
}

/** What is wrong at a place. */
export interface ImageFault {
  readonly entry?: string
  /** Where the entry begins, in bytes from the beginning of the unpacked archive. */
  readonly offset?: number
  /** The rest of the sentence: `has a header with a wrong checksum`. Without an entry it is a sentence of its own. */
  readonly problem: string
  readonly hint?: string
  readonly cause?: unknown
}

/**
 * Makes the error for something in an image, naming the entry and where it is.
 *
 * @example
 *   imageError("IMAGE_PATH_OUTSIDE", { reference: "a.tar" }, { entry: "../x", problem: "leads outside" }).message
 *   // => 'Cannot read image "a.tar": entry "../x" leads outside'
 */
export function imageError<Code extends ErrorCode>(
  code: Code,
  place: ImagePlace,
  fault: ImageFault,
): GeartrainError<Code> {
  const { entry, offset, problem } = fault
  const at = offset === undefined ? "" : ` (at byte ${offset})`
  const subject = entry === undefined ? "" : `entry ${quoted(entry)}${at} `
  return new GeartrainError(code, `${beginning(place)}${subject}${problem}`, {
    details: {
      image: place.reference,
      ...(place.part === undefined ? {} : { part: place.part }),
      ...(entry === undefined ? {} : { entry: clipped(entry) }),
      ...(offset === undefined ? {} : { offset }),
    },
    ...(fault.hint === undefined ? {} : { hint: fault.hint }),
    ...(fault.cause === undefined ? {} : { cause: fault.cause }),
  })
}

/**
 * What such an error says is wrong, without the place: for those who name it in their own words.
 *
 * @example
 *   const place = { reference: "a.tar" }
 *   problemOf(imageError("IMAGE_DAMAGED", place, { problem: "it is cut" }), place) // => "it is cut"
 */
export function problemOf(error: Error, place: ImagePlace): string {
  const start = beginning(place)
  return error.message.startsWith(start) ? error.message.slice(start.length) : error.message
}

function beginning({ reference, part }: ImagePlace): string {
  return `Cannot read image ${quoted(reference)}: ${part === undefined ? "" : `${part}: `}`
}

/** Whether an error says that bytes make no sense as what they were taken for. */
export function isContentError(error: unknown): boolean {
  return (
    isGeartrainError(error, "IMAGE_DAMAGED") ||
    isGeartrainError(error, "IMAGE_TRUNCATED") ||
    isGeartrainError(error, "IMAGE_FORMAT_UNKNOWN")
  )
}

/** A name as it can be printed: control characters escaped, and no longer than a few lines. */
export function quoted(name: string): string {
  return JSON.stringify(clipped(name))
}

function clipped(name: string): string {
  return name.length <= 200 ? name : `${name.slice(0, 120)}…${name.slice(-60)}`
}
