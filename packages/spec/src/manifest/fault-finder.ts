import type { JsonDocument } from "../json/json-document.ts"
import { formatPath, type JsonPath } from "../json/json-path.ts"
import type { ManifestFault } from "./manifest-fault.ts"

/** What is told of a fault beside its place. */
export type FaultText = Pick<ManifestFault, "problem" | "fix" | "keyword"> &
  Partial<Pick<ManifestFault, "severity" | "mend">>

/** Collects the faults of a manifest, and finds the line and column of each. */
export class FaultFinder {
  readonly faults: ManifestFault[] = []
  readonly document: JsonDocument

  constructor(document: JsonDocument) {
    this.document = document
  }

  /** A fault of the value at a path. */
  atValue(path: JsonPath, text: FaultText): void {
    this.#add(path, this.document.positionOf(path), text)
  }

  /** A fault of the name of the member at a path. */
  atKey(path: JsonPath, text: FaultText): void {
    this.#add(path, this.document.positionOfKey(path), text)
  }

  #add(
    path: JsonPath,
    position: { readonly line: number; readonly column: number } | undefined,
    text: FaultText,
  ): void {
    if (this.faults.length >= MOST_FAULTS) return
    const { line, column } = position ?? { line: 1, column: 1 }
    this.faults.push({ where: formatPath(path), path, line, column, severity: "error", ...text })
  }
}

// A manifest with more faults than these is another kind of document.
const MOST_FAULTS = 1_000

/** Sorts faults by their place in the text. */
export function inTextOrder(faults: readonly ManifestFault[]): readonly ManifestFault[] {
  return faults.toSorted((a, b) => a.line - b.line || a.column - b.column)
}
