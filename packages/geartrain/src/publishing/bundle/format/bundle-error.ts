import { type ErrorCode, GeartrainError } from "@geartrain/spec"

/** What is wrong with a bundle, and where in it. */
export interface BundleFault {
  /** Path of the member; absent for what belongs to none. */
  readonly member?: string
  /** The rest of the sentence. */
  readonly problem: string
  readonly hint?: string
  readonly cause?: unknown
}

export const BUNDLE_HINTS = {
  copyAgain: "Copy or download the bundle again, and compare its sha256 with its author's",
  notHonest: "Do not use this bundle: Geartrain writes no such thing",
} as const

/**
 * Makes the error for something in a bundle.
 *
 * @example
 *   bundleError("BUNDLE_DAMAGED", "r.gtz", { member: "index.html", problem: "bytes 1 to 9 are others" }).message
 *   // => 'Cannot trust bundle "r.gtz": member "index.html": bytes 1 to 9 are others'
 */
export function bundleError<Code extends ErrorCode>(
  code: Code,
  bundle: string,
  { member, problem, hint, cause }: BundleFault,
): GeartrainError<Code> {
  const where = member === undefined ? "" : `member ${quoted(member)}: `
  const verb = UNREAD.includes(code) ? "read" : "trust"
  return new GeartrainError(code, `Cannot ${verb} bundle ${quoted(bundle)}: ${where}${problem}`, {
    details: { bundle, ...(member === undefined ? {} : { member: clipped(member) }) },
    hint: hint ?? BUNDLE_HINTS.copyAgain,
    ...(cause === undefined ? {} : { cause }),
  })
}

/** Nothing was read of it that could be wrong. */
const UNREAD: readonly ErrorCode[] = ["BUNDLE_NOT_FOUND", "BUNDLE_FORMAT_UNKNOWN", "BUNDLE_TOO_NEW"]

/** A name as it can be printed: control characters escaped, and no longer than a few lines. */
export function quoted(name: string): string {
  return JSON.stringify(clipped(name))
}

function clipped(name: string): string {
  return name.length <= 200 ? name : `${name.slice(0, 120)}…${name.slice(-60)}`
}
