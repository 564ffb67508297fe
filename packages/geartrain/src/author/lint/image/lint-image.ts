import type { TreeView } from "@geartrain/ports"
import { type ImageDeclaration, type LintFinding, lintManifestFile, type Platform } from "@geartrain/spec"
import type { LintReport } from "../lint-report.ts"
import { IMAGE_RULES, MANIFEST_MISSING } from "./image-rules.ts"
import { type LintedImage, MANIFEST_FILE } from "./linted-image.ts"

/** An image as a scan of it tells. */
export interface ScannedImage {
  readonly view: TreeView
  /** Bytes of its manifest. */
  readonly manifest?: Uint8Array
  readonly declaration?: ImageDeclaration
  readonly platform?: Platform
  readonly declaredPlatform?: Platform
}

/**
 * Looks an image through: its manifest, whether its command can be started, whether it works for others than root, and what would make it answer
 * differently when it is run again.
 *
 * @param name  What the reader knows the image by.
 */
export function lintImage(name: string, scanned: ScannedImage): LintReport {
  const { view, manifest: bytes, declaration, platform, declaredPlatform } = scanned
  const linted = bytes === undefined ? undefined : lintManifestFile(bytes, MANIFEST_FILE)
  const image: LintedImage = {
    tree: view,
    scope: "image",
    ...(linted?.manifest === undefined ? {} : { manifest: linted.manifest }),
    ...(declaration === undefined ? {} : { declaration }),
    ...(platform === undefined ? {} : { platform }),
    ...(declaredPlatform === undefined ? {} : { declaredPlatform }),
  }
  const missing: LintFinding = {
    rule: MANIFEST_MISSING.id,
    severity: MANIFEST_MISSING.severity,
    place: { file: MANIFEST_FILE },
    message: "the image has no gear manifest",
    fix: `Copy one to ${MANIFEST_FILE} in the build`,
  }
  const findings = [...(linted?.findings ?? [missing]), ...imageFindings(image)]
  const texts = bytes === undefined ? [] : [[MANIFEST_FILE, new TextDecoder().decode(bytes)] as const]
  // There is nothing to change in place: the manifest lies in the image.
  return { files: [name], findings: findings.map(({ edit: _, ...finding }) => finding), texts: new Map(texts) }
}

/** What the image rules find, in their order. */
export function imageFindings(image: LintedImage): readonly LintFinding[] {
  return IMAGE_RULES.flatMap((rule) =>
    rule.check(image).map(({ file, line, message, fix, severity }) => ({
      rule: rule.id,
      severity: severity ?? rule.severity,
      place: { file, ...(line === undefined ? {} : { line }) },
      message,
      fix,
    })),
  )
}
