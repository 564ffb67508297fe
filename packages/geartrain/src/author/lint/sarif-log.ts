import { type JsonObject, type LintFinding, type LintRule, positionsOf, type TextEdit } from "@geartrain/spec"

/** What a SARIF log is made of. */
export interface SarifParts {
  readonly version: string
  readonly findings: readonly LintFinding[]
  readonly rules: readonly LintRule[]
  /** The text of each file that findings have changes for. */
  readonly texts: ReadonlyMap<string, string>
}

/**
 * Writes findings as a SARIF log of one run, which code hosts and editors show beside the lines.
 *
 * Columns count characters; files are named relative to where the command was started.
 *
 * @see SARIF 2.1.0, OASIS Standard incorporating Approved Errata 01, sections 3.13 sarifLog, 3.27 result, 3.55 fix
 */
export function sarifLog({ version, findings, rules, texts }: SarifParts): JsonObject {
  const used = rules.filter(({ id }) => findings.some(({ rule }) => rule === id))
  return {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "gear lint", version, rules: used.map(describeRule) } },
        columnKind: "unicodeCodePoints",
        results: findings.map((finding) => result(finding, used, texts)),
      },
    ],
  }
}

function describeRule({ id, severity, finds, why, mends }: LintRule): JsonObject {
  return {
    id,
    shortDescription: { text: finds },
    fullDescription: { text: why },
    help: { text: mends === true ? `${why} Some of it is mended by gear lint --fix.` : why },
    defaultConfiguration: { level: severity },
  }
}

function result(finding: LintFinding, rules: readonly LintRule[], texts: ReadonlyMap<string, string>): JsonObject {
  const { rule, severity, message, fix, place, edit } = finding
  const text = texts.get(place.file)
  return {
    ruleId: rule,
    ruleIndex: rules.findIndex(({ id }) => id === rule),
    level: severity,
    message: { text: `${capitalized(message)}. ${fix}.` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: fileUri(place.file) },
          ...(place.line === undefined ? {} : { region: region(finding) }),
        },
        ...(place.pointer === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: place.pointer }] }),
      },
    ],
    // Of place and rule, and not of lines, so that a host knows a finding again when lines were put above it.
    partialFingerprints: { "ruleAndPlace/v1": `${rule} ${place.pointer ?? place.file}` },
    ...(edit === undefined || text === undefined ? {} : { fixes: [sarifFix(finding, edit, text)] }),
  }
}

function region({ place: { line = 1, column, length } }: LintFinding): JsonObject {
  if (column === undefined) return { startLine: line }
  return { startLine: line, startColumn: column, ...(length === undefined ? {} : { endColumn: column + length }) }
}

function sarifFix({ fix, place }: LintFinding, edit: TextEdit, text: string): JsonObject {
  const at = positionsOf(text)
  const start = at(edit.start)
  const end = at(edit.end)
  return {
    description: { text: `${fix}.` },
    artifactChanges: [
      {
        artifactLocation: { uri: fileUri(place.file) },
        replacements: [
          {
            deletedRegion: {
              startLine: start.line,
              startColumn: start.column,
              endLine: end.line,
              endColumn: end.column,
            },
            insertedContent: { text: edit.text },
          },
        ],
      },
    ],
  }
}

/** A path as a URI reference: what has a meaning in URIs is written out. */
function fileUri(file: string): string {
  const path = file.replace(/^\.\//, "").split("/").map(encodeURIComponent).join("/")
  return path.startsWith("/") ? `file://${path}` : path
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
