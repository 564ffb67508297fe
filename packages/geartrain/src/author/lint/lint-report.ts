import type { LintFinding } from "@geartrain/spec"

/** What looking one thing through found: a file, a folder or an image. */
export interface LintReport {
  /** The files that were looked at, by the names that findings call them by. */
  readonly files: readonly string[]
  readonly findings: readonly LintFinding[]
  /** Texts of files that findings point into, to be shown with them. */
  readonly texts: ReadonlyMap<string, string>
}

/** Several reports as one. */
export function joinReports(reports: readonly LintReport[]): LintReport {
  return {
    files: reports.flatMap(({ files }) => files),
    findings: reports.flatMap(({ findings }) => findings),
    texts: new Map(reports.flatMap(({ texts }) => [...texts])),
  }
}
