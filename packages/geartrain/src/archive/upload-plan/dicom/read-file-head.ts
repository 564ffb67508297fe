import { join } from "node:path"
import { readSmallFile } from "../../../system/small-file.ts"
import { systemCode } from "../../../system/system-code.ts"
import type { FoundFile } from "../folder/found-file.ts"
import { type HeadResult, readHead } from "./read-head.ts"

/** Most heads have some KiB. Long ones have lists of references or private elements before what is wanted; no honest one has more than the last. */
const STEPS_BYTES = [8, 64, 512, 4096].map((kibibytes) => kibibytes * 1024)

/** Reads as much of a file as it takes, and 4 MiB at most. */
export function readFileHead(folder: string, { source, sizeBytes }: FoundFile): Exclude<HeadResult, { is: "longer" }> {
  try {
    for (const stepBytes of STEPS_BYTES) {
      const bytes = readSmallFile(join(folder, source.linkedTo ?? source.path), Math.min(stepBytes, sizeBytes))
      const result = readHead(bytes, sizeBytes <= stepBytes)
      if (result.is !== "longer") return result
    }
  } catch (error) {
    const code = systemCode(error)
    if (code === undefined) throw error
    return { is: "unfit", why: `cannot be read: ${code}` }
  }
  return { is: "unfit", why: "is a DICOM file with more than 4 MiB before its series" }
}
