import { GeartrainError } from "../errors/geartrain-error.ts"
import type { ManifestFault } from "./manifest-fault.ts"

/**
 * Makes the error that tells people of the faults of a manifest, one line each as a compiler does, 20 at most. Its details have them all.
 *
 * @param faults  At least one.
 * @param file  What the reader knows the manifest by: its path, or where it lies in an image.
 * @example
 *   manifestError(parseManifest("[]").faults, "manifest.json").message
 *   // => 'Cannot accept gear manifest "manifest.json": it has 1 fault\nmanifest.json:1:1 /: found the array [], wanted an object; write an object: {…}'
 */
export function manifestError(faults: readonly ManifestFault[], file: string): GeartrainError<"MANIFEST_INVALID"> {
  const shown = faults.slice(0, MOST_SHOWN).map((fault) => manifestFaultLine(fault, file))
  const more = faults.length - shown.length
  if (more > 0) shown.push(`… and ${more} more`)
  const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`
  const message = [`Cannot accept gear manifest "${file}": it has ${count}`, ...shown].join("\n")
  return new GeartrainError("MANIFEST_INVALID", message, {
    details: { file, faults: faults.map(({ mend: _, ...fault }) => fault) },
    hint: "Change the manifest in the lines named above",
  })
}

/**
 * One fault as a line: `manifest.json:12:5 /config/x/type: found …, wanted …; write …`.
 */
export function manifestFaultLine(fault: ManifestFault, file: string): string {
  const { line, column, where, problem, fix } = fault
  return `${file}:${line}:${column} ${where}: ${problem}; ${fix.charAt(0).toLowerCase()}${fix.slice(1)}`
}

// As many as fit on a screen.
const MOST_SHOWN = 20
