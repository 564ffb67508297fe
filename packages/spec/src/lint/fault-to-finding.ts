import type { JsonDocument } from "../json/json-document.ts"
import type { ManifestFault } from "../manifest/manifest-fault.ts"
import { countCodePoints } from "../text/text-position.ts"
import type { LintFinding, LintSeverity } from "./finding.ts"
import { mendToEdit } from "./mend-to-edit.ts"

/** The text that faults were found in. */
export interface LintedText {
  readonly file: string
  readonly text: string
  readonly document?: JsonDocument
}

/** Turns a fault of a manifest into a finding, which has the length of what it marks and the change of the text that mends it. */
export function faultToFinding(
  fault: ManifestFault,
  rule: { readonly id: string; readonly severity: LintSeverity },
  linted: LintedText,
): LintFinding {
  const { line, column, where, problem, fix, mend, path } = fault
  const edit = mend === undefined ? undefined : mendToEdit(mend, { ...linted, path })
  // A fault of JSON itself is about the character that it begins with.
  const length = rule.id.startsWith("json/") ? 1 : lengthAt(fault, linted)
  return {
    rule: rule.id,
    severity: rule.severity === "note" ? "note" : fault.severity,
    place: { file: linted.file, line, column, ...(length === 0 ? {} : { length }), pointer: where },
    message: problem,
    fix,
    ...(edit === undefined ? {} : { edit }),
  }
}

/** What a fault marks: the key or value that begins at its place, as far as the line goes; 0 where that is not known. */
function lengthAt({ path, line, column }: ManifestFault, { text, document }: LintedText): number {
  if (document === undefined || path.length === 0) return 0
  const key = document.positionOfKey(path)
  const isKey = key?.line === line && key.column === column
  const span = isKey ? document.spanOfKey(path) : document.spanOf(path)
  if (span === undefined) return 0
  const [marked = ""] = text.slice(span.start, span.end).split(/[\r\n]/, 1)
  return countCodePoints(marked.trimEnd())
}
