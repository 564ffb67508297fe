import { lintManifestFile } from "@geartrain/spec"
import { joinReports } from "../../lint/lint-report.ts"
import { lintSources } from "../../lint/sources/lint-sources.ts"
import { lintManifestTarget, type ManifestReport } from "./lint-manifest-target.ts"

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
  return { ...joinReports([report, lintSources(folder, manifest)]), mended: report.mended }
}
