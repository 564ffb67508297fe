import { decodeUtf8 } from "../json/decode-utf8.ts"
import type { JsonDocument } from "../json/json-document.ts"
import type { JsonFault, JsonFaultKind } from "../json/json-fault.ts"
import { parseJson } from "../json/parse-json.ts"
import type { SchemaViolation } from "../schema/schema-violation.ts"
import { validateDraft04 } from "../schema/validate-draft-04.ts"
import { explainViolations } from "./explain-violation.ts"
import { FaultFinder, inTextOrder } from "./fault-finder.ts"
import type { GearManifest } from "./gear-manifest.ts"
import { lintManifest } from "./lint-manifest.ts"
import type { ManifestFault } from "./manifest-fault.ts"
import { MANIFEST_RULES } from "./manifest-schema.ts"

export type ManifestResult =
  | {
      readonly ok: true
      readonly manifest: GearManifest
      /** The same document, with the place of each value and the text of each number. */
      readonly json: JsonDocument
      /**
       * What the specification accepts and is wrong all the same, in the order of the text. Those of severity `error` certainly are: who imports
       * a gear should refuse them unless told otherwise.
       */
      readonly warnings: readonly ManifestFault[]
    }
  | {
      readonly ok: false
      /** All that is wrong, at least one, in the order of the text; all of severity `error`. */
      readonly faults: readonly ManifestFault[]
    }

/**
 * Reads a gear manifest, and tells everything that is wrong with it at once, with line, column and cure.
 *
 * The verdict is that of the reference of specification 0.1.9 on every manifest, but for what `docs/spec/manifest.md` lists: duplicate keys and
 * other JSON that programs read differently are refused, and `output_configuration` of 0.3.0 is accepted.
 *
 * @param text  The file as text, or as bytes, which have to be UTF-8.
 * @example
 *   const result = parseManifest('{"name": "x",}')
 *   result.ok // => false
 *   result.faults[0].problem // => '"author" is missing'
 */
export function parseManifest(text: string | Uint8Array): ManifestResult {
  const decoded = typeof text === "string" ? { ok: true as const, text } : decodeUtf8(text)
  if (!decoded.ok) return { ok: false, faults: [jsonFault(decoded.fault)] }
  const read = parseJson(decoded.text)
  if (!read.ok) {
    const isPlain = read.faults.every(({ kind }) => PLAIN_KINDS.includes(kind))
    const more = read.meant !== undefined && isPlain ? ruleFaults(read.meant) : []
    return { ok: false, faults: inTextOrder([...read.faults.map(jsonFault), ...more]) }
  }
  const faults = ruleFaults(read.document)
  if (faults.length > 0) return { ok: false, faults: inTextOrder(faults) }
  // The rules are those of the type, and were kept.
  const manifest = read.document.value as GearManifest
  const finder = new FaultFinder(read.document)
  lintManifest(manifest, finder)
  return { ok: true, manifest, json: read.document, warnings: inTextOrder(finder.faults) }
}

/**
 * The rules that a manifest breaks, each by its path and keyword, as the reference reports them.
 *
 * `parseManifest` is what tells people; this is for holding one implementation against another.
 */
export function manifestViolations(json: JsonDocument): readonly SchemaViolation[] {
  return validateDraft04(MANIFEST_RULES, json.value, { numberText: (path) => json.numberText(path) })
}

/** Faults of JSON after which it is still plain what every value was meant to be. */
const PLAIN_KINDS: readonly JsonFaultKind[] = [
  "bad-escape",
  "bad-key",
  "bad-space",
  "byte-order-mark",
  "comment",
  "control-character",
  "curly-quotes",
  "duplicate-key",
  "missing-comma",
  "number-not-exact",
  "single-quotes",
  "trailing-comma",
]

function jsonFault(fault: JsonFault): ManifestFault {
  const { kind, line, column, problem, fix, edit } = fault
  const mend = edit === undefined ? {} : { mend: { kind: "edit" as const, edit } }
  return { where: "/", path: [], line, column, problem, fix, keyword: kind, severity: "error", ...mend }
}

function ruleFaults(json: JsonDocument): readonly ManifestFault[] {
  const finder = new FaultFinder(json)
  explainViolations(manifestViolations(json), finder)
  return finder.faults
}
