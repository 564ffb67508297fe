import { join } from "node:path"
import { lookAtOnce } from "../../system/small-file.ts"
import { DESCRIPTION } from "./bids/dataset-tables.ts"
import { readFileHead } from "./dicom/read-file-head.ts"
import type { Found } from "./folder/found-file.ts"
import type { SorterName } from "./upload-plan.ts"

/** Files that are looked into. The first ones of a medium may be its index and a viewer. */
const TRIED = 64

/**
 * Tells how a folder is best sorted: a dataset that says it is BIDS as that, one with DICOM among its first files by their heads, all others by
 * their folders.
 */
export async function chooseSorter(folder: string, found: AsyncIterable<Found>): Promise<SorterName> {
  if (lookAtOnce(join(folder, DESCRIPTION)) !== undefined) return "bids"
  let tried = 0
  for await (const each of found) {
    if (each.is === "left-out") continue
    if (readFileHead(folder, each.file).is === "head") return "dicom"
    tried++
    if (tried >= TRIED) break
  }
  return "folders"
}
