import type { JsonDocument } from "../json/json-document.ts"
import { formatPath } from "../json/json-path.ts"
import type { GearManifest } from "../manifest/gear-manifest.ts"
import type { ManifestFault } from "../manifest/manifest-fault.ts"
import { findAdditionFaults } from "./find-addition-faults.ts"

/**
 * What is wrong with the additions of a manifest as faults of its text, with line and column, in the order of the text; their keyword is `addition`.
 *
 * @param manifest  What `parseManifest` read, and where it stands.
 */
export function additionManifestFaults(read: {
  readonly manifest: GearManifest
  readonly json: JsonDocument
}): readonly ManifestFault[] {
  const faults = findAdditionFaults(read.manifest).map(({ path, isName, problem, fix, severity }) => {
    const place = (isName ? read.json.positionOfKey(path) : undefined) ?? read.json.positionOf(path)
    const { line, column } = place ?? { line: 1, column: 1 }
    return { where: formatPath(path), path, line, column, problem, fix, keyword: "addition", severity }
  })
  return faults.toSorted((a, b) => a.line - b.line || a.column - b.column)
}
