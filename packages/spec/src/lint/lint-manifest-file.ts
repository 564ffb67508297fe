import { decodeUtf8 } from "../json/decode-utf8.ts"
import { parseJson } from "../json/parse-json.ts"
import { FaultFinder, inTextOrder } from "../manifest/fault-finder.ts"
import type { GearManifest } from "../manifest/gear-manifest.ts"
import type { ManifestFault } from "../manifest/manifest-fault.ts"
import { type ManifestResult, parseManifest } from "../manifest/parse-manifest.ts"
import { faultToFinding, type LintedText } from "./fault-to-finding.ts"
import type { LintFinding } from "./finding.ts"
import type { LintRule } from "./lint-rule.ts"
import { ADVICE_RULES, MANIFEST_LINT_RULES } from "./manifest-rules.ts"

/** What looking a manifest through found. */
export interface ManifestLint {
  /** In the order of the text. */
  readonly findings: readonly LintFinding[]
  /** Absent where the specification refuses it. */
  readonly manifest?: GearManifest
}

/**
 * Looks a gear manifest through: for what the specification refuses, for what it lets through and is wrong, and for what works by chance.
 *
 * @param bytes  The file as it is.
 * @param file  What the reader knows it by.
 * @example
 *   lintManifestFile(new TextEncoder().encode("[]"), "manifest.json").findings[0].rule // => "schema/type"
 */
export function lintManifestFile(bytes: Uint8Array, file: string): ManifestLint {
  const result = parseManifest(bytes)
  const decoded = decodeUtf8(bytes)
  const text = decoded.ok ? decoded.text : ""
  const linted: LintedText = { file, text, ...documentOf(result, text) }
  if (!result.ok) return { findings: result.faults.map((fault) => toFinding(fault, refusedRule(fault), linted)) }
  const finder = new FaultFinder(result.json)
  for (const rule of ADVICE_RULES) rule.check(result.manifest, finder)
  const faults = inTextOrder([...result.warnings, ...finder.faults])
  const findings = faults.map((fault) => toFinding(fault, `manifest/${fault.keyword}`, linted))
  return { findings, manifest: result.manifest }
}

function documentOf(result: ManifestResult, text: string): Pick<LintedText, "document"> {
  if (result.ok) return { document: result.json }
  const read = parseJson(text)
  const document = read.ok ? read.document : read.meant
  return document === undefined ? {} : { document }
}

const RULES: ReadonlyMap<string, LintRule> = new Map(MANIFEST_LINT_RULES.map((rule) => [rule.id, rule]))

function refusedRule({ keyword }: ManifestFault): string {
  return [`json/${keyword}`, `schema/${keyword}`].find((id) => RULES.has(id)) ?? "schema/other"
}

function toFinding(fault: ManifestFault, id: string, linted: LintedText): LintFinding {
  const rule = RULES.get(id)
  if (rule === undefined) throw new RangeError(`There is no rule "${id}"`)
  return faultToFinding(fault, rule, linted)
}
