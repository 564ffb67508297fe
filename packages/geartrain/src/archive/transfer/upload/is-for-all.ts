import type { GeartrainError } from "@geartrain/spec"
import { isOfTheLine } from "../persist.ts"

const CODES: ReadonlySet<string> = new Set([
  "NOT_AUTHENTICATED",
  "NOT_PERMITTED",
  "PLACE_NOT_FOUND",
  "QUOTA_EXCEEDED",
  "STORE_FULL",
])

/** Whether what is wrong with one file would be wrong with every other, so that the rest need not be tried. */
export function isForAll(error: GeartrainError): boolean {
  return isOfTheLine(error) || CODES.has(error.code)
}
