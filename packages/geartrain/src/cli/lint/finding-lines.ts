import type { LintFinding, LintSeverity } from "@geartrain/spec"
import { escapeText } from "../output/escape-text.ts"
import type { Paint } from "../output/paint.ts"

/** How a finding is shown. */
export interface FindingPage {
  readonly paint: Paint
  readonly columns: number
  /** Texts of the files, by name. */
  readonly texts: ReadonlyMap<string, string>
}

/**
 * Shows a finding to people, as compilers do: the place first, so that editors find it, then the line with what is meant marked, then what to do.
 *
 *   manifest.json:12:18: error: the default breaks … [manifest/default]
 *    12 |       "default": "104",
 *       |                  ^^^^^ Write 104, without quotes
 */
export function findingLines(finding: LintFinding, page: FindingPage): readonly string[] {
  const { paint } = page
  const { place, severity, message, rule } = finding
  const at = [place.file, place.line, place.line === undefined ? undefined : place.column].filter(
    (part) => part !== undefined,
  )
  const head = `${paint.bold(`${escapeText(at.join(":"))}:`)} ${painted(severity, paint)}: ${escapeText(message)}`
  return [`${head} ${paint.dim(`[${rule}]`)}`, ...sourceLines(finding, page)]
}

function painted(severity: LintSeverity, paint: Paint): string {
  if (severity === "error") return paint.red(severity)
  return severity === "warning" ? paint.yellow(severity) : paint.cyan(severity)
}

function sourceLines({ place, fix }: LintFinding, page: FindingPage): readonly string[] {
  const { paint } = page
  const { line, column, length } = place
  const source = line === undefined ? undefined : page.texts.get(place.file)?.split(/\r\n|\n|\r/)[line - 1]
  const says = paint.cyan(escapeText(fix))
  if (line === undefined || column === undefined || length === undefined || source === undefined) {
    return [`  ${paint.cyan("→")} ${says}`]
  }
  const number = String(line).padStart(4)
  const cut = excerpt(source, column - 1, Math.max(30, page.columns - 10))
  const mark = "^".repeat(Math.max(1, Math.min(length, cut.text.length - cut.offset)))
  return [
    `${paint.dim(`${number} |`)} ${escapeText(cut.text)}`,
    `${paint.dim("     |")} ${" ".repeat(cut.offset)}${paint.cyan(mark)} ${says}`,
  ]
}

/** The part of a line that a screen has room for, with the place in it. Tabs are a blank each, so that the marks stand below what they mark. */
function excerpt(line: string, offset: number, width: number): { readonly text: string; readonly offset: number } {
  const characters = Array.from(line.replaceAll("\t", " "), (character) =>
    escapeText(character) === character ? character : "·",
  )
  const from = offset < width * 0.6 ? 0 : offset - Math.floor(width * 0.3)
  const text = characters.slice(from, from + width).join("")
  return { text: `${from > 0 ? "…" : ""}${text.trimEnd()}`, offset: offset - from + (from > 0 ? 1 : 0) }
}
