import { type Gear, hexOf } from "@geartrain/spec"

/**
 * The gear as a CITATION.cff, which code hosts and reference managers read. Every text is a JSON string, which YAML reads as it is.
 *
 * @see Citation File Format 1.2.0
 */
export function citationFile(gear: Gear): string {
  const { manifest } = gear
  const lines = [
    "cff-version: 1.2.0",
    `message: ${JSON.stringify("If you use this gear, please cite it as below.")}`,
    "type: software",
    `title: ${JSON.stringify(manifest.label)}`,
    "authors:",
    `  - name: ${JSON.stringify(manifest.author)}`,
    `version: ${JSON.stringify(manifest.version)}`,
    ...(isUrl(manifest.url) ? [`url: ${JSON.stringify(manifest.url)}`] : []),
    ...(isUrl(manifest.source) ? [`repository-code: ${JSON.stringify(manifest.source)}`] : []),
    ...(LICENSE_ID.test(manifest.license) ? [`license: ${JSON.stringify(manifest.license)}`] : []),
    "identifiers:",
    "  - type: other",
    `    value: ${JSON.stringify(`sha256:${hexOf(gear.id)}`)}`,
    `    description: ${JSON.stringify("Gear id: the digest of its filesystem and manifest")}`,
  ]
  return `${lines.join("\n")}\n`
}

/** "Other" is a licence to a manifest, and none to the format. */
const LICENSE_ID = /^(?!Other$)[A-Za-z0-9.+-]+$/

function isUrl(text: string): boolean {
  return /^(https?|ftp|sftp):\/\/\S+$/.test(text)
}
