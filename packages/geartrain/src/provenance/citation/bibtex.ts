import { type Gear, hexOf } from "@geartrain/spec"

/**
 * The gear as a BibTeX entry. What has a meaning to TeX is escaped, so that no manifest can break a bibliography.
 *
 * @see https://ctan.org/pkg/biblatex, entry type `software`; plain BibTeX prints it like `misc`
 */
export function bibtexEntry(gear: Gear): string {
  const { manifest } = gear
  const fields: readonly (readonly [string, string])[] = [
    ["title", `{${escapeTex(manifest.label)}}`],
    ["author", `{${escapeTex(manifest.author)}}`],
    ["version", escapeTex(manifest.version)],
    ["year", gear.imported.slice(0, 4)],
    ["license", escapeTex(manifest.license)],
    ["url", manifest.url.replaceAll(/[{}\\\s]/g, encodeURIComponent)],
    ["note", `Gear sha256:${hexOf(gear.id)}`],
  ]
  const lines = fields
    .filter(([, value]) => value !== "" && value !== "{}")
    .map(([name, value]) => `  ${name} = {${value}}`)
  return `@software{${keyOf(gear)},\n${lines.join(",\n")}\n}\n`
}

function keyOf(gear: Gear): string {
  return `${gear.manifest.name}-${gear.manifest.version}`.replaceAll(/[^A-Za-z0-9.:_-]/g, "-")
}

const TEX_SIGNS: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  // A brace that is escaped is counted all the same, and a lone one ends the entry elsewhere.
  "{": "\\textbraceleft{}",
  "}": "\\textbraceright{}",
}

function escapeTex(text: string): string {
  return text.replaceAll(/[\\~^&%$#_{}]/g, (sign) => TEX_SIGNS[sign] ?? `\\${sign}`).replaceAll(/\s+/g, " ")
}
