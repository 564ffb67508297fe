import { isGeartrainError } from "@geartrain/spec"
import { type ImagePlace, problemOf } from "../../packing/place/image-place.ts"
import { UnfitFile } from "../unfit-file.ts"

/**
 * Runs a reader of archives, and turns what it finds wrong with one into a reason to compare bytes.
 *
 * @throws {UnfitFile}
 */
export async function faultsAsUnfit(place: ImagePlace, read: () => Promise<void>): Promise<void> {
  try {
    await read()
  } catch (error) {
    throw asUnfit(error, place)
  }
}

/** Errors of the archive as `UnfitFile`, others as they are: a disk that cannot be read is no fault of the file. */
export function asUnfit(error: unknown, place: ImagePlace): unknown {
  if (!isGeartrainError(error) || !error.code.startsWith("IMAGE_")) return error
  return new UnfitFile(problemOf(error, place))
}
