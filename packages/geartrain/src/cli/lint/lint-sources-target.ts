import { lintManifestFile } from "@geartrain/spec"
import { joinReports } from "../../author/lint/lint-report.ts"
import { lintSources } from "../../author/lint/sources/lint-sources.ts"
import { lintManifestTarget, type ManifestReport } from "./lint-manifest-target.ts"
import { mendableScripts, mendScripts } from "./mend-scripts.ts"

/**
 * Looks a folder through that a gear is built from: its manifest, which is mended where that is wanted, and what lies beside it.
 *
 * @throws {GeartrainError} LINT_FILE_UNUSABLE
 */
export async function lintSourcesTarget(folder: string, options: { readonly fix: boolean }): Promise<ManifestReport> {
  const path = /^\.\/?$/.test(folder) ? "manifest.json" : `${folder.replace(/\/+$/, "")}/manifest.json`
  const report = await lintManifestTarget(path, options)
  const text = report.texts.get(path) ?? ""
  const { manifest } = lintManifestFile(new TextEncoder().encode(text), path)
  const sources = lintSources(folder, manifest)
  const scripts = mendableScripts(sources.findings)
  if (!options.fix || scripts.length === 0) {
    return { ...joinReports([report, sources]), mended: report.mended, fixable: report.fixable + scripts.length }
  }
  await mendScripts(scripts)
  const { mended, fixable } = report
  return { ...joinReports([report, lintSources(folder, manifest)]), mended: mended + scripts.length, fixable }
}
