import { type LintFinding, lintManifestFile, mendManifest } from "@geartrain/spec"
import type { LintReport } from "../../author/lint/lint-report.ts"
import { readManifestFile, replaceManifestFile } from "./read-manifest-file.ts"

/** A report on a manifest that lies in a file, and how many changes were made in it. */
export interface ManifestReport extends LintReport {
  readonly mended: number
  /** Findings that --fix would mend. */
  readonly fixable: number
}

/**
 * Looks a manifest through, having made the changes that are safe where that is wanted.
 *
 * @throws {GeartrainError} LINT_FILE_UNUSABLE
 */
export async function lintManifestTarget(path: string, options: { readonly fix: boolean }): Promise<ManifestReport> {
  const bytes = await readManifestFile(path)
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)
  const { findings } = lintManifestFile(bytes, path)
  if (!options.fix || !findings.some(({ edit }) => edit !== undefined))
    return report(path, { findings, text, mended: 0 })
  const mended = mendManifest(text, path)
  await replaceManifestFile(path, mended.text)
  return report(path, { findings: mended.lint.findings, text: mended.text, mended: mended.made })
}

function report(
  path: string,
  found: { readonly findings: readonly LintFinding[]; readonly text: string; readonly mended: number },
): ManifestReport {
  const { findings, text, mended } = found
  const fixable = findings.filter(({ edit }) => edit !== undefined).length
  return { files: [path], findings, texts: new Map([[path, text]]), mended, fixable }
}
