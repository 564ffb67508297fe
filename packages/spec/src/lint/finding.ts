import type { TextEdit } from "../text/text-edit.ts"

/** `error`: does not work. `warning`: works by chance, or not everywhere. `note`: worth knowing. */
export type LintSeverity = "error" | "warning" | "note"

/** Where a finding is. Lines and columns count from 1, columns and lengths in characters. */
export interface LintPlace {
  /** What the reader knows the file by: its path, or its path in the image. */
  readonly file: string
  readonly line?: number
  readonly column?: number
  /** Characters from the column on, all in the same line. */
  readonly length?: number
  /** In a JSON document, the place as a JSON pointer, `/` for the whole. */
  readonly pointer?: string
}

/** One thing that somebody who looks a gear through would say. */
export interface LintFinding {
  /** A stable id such as `manifest/default`; docs/reference/lint.md explains each. */
  readonly rule: string
  readonly severity: LintSeverity
  readonly place: LintPlace
  /** What is the case and why that is wrong, as part of a sentence: lower case first, no full stop. */
  readonly message: string
  /** What to do, as one imperative sentence without full stop. */
  readonly fix: string
  /** The change of the file's text that does it, where it is safe to make unseen. */
  readonly edit?: TextEdit
}

/** How many findings there are of each severity. */
export type LintCounts = Readonly<Record<LintSeverity, number>>

/**
 * Counts findings by severity.
 *
 * @example
 *   countFindings([]) // => { error: 0, warning: 0, note: 0 }
 */
export function countFindings(findings: readonly Pick<LintFinding, "severity">[]): LintCounts {
  const count = (wanted: LintSeverity): number => findings.filter(({ severity }) => severity === wanted).length
  return { error: count("error"), warning: count("warning"), note: count("note") }
}
