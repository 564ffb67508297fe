import type { JsonFaultKind } from "../json/json-fault.ts"
import type { LintRule } from "./lint-rule.ts"

const JSON_FINDS: Readonly<Record<JsonFaultKind, string>> = {
  "bad-character": "A character that cannot stand there",
  "bad-colon": "No colon between a name and its value",
  "bad-escape": "A backslash before a character that needs none",
  "bad-key": "A name without quotes",
  "bad-number": "A number in a spelling that JSON does not have",
  "bad-space": "White space that JSON does not allow, such as one that does not break",
  "bare-word": "A word without quotes, such as Python's `None`",
  "byte-order-mark": "An invisible mark at the start of the file",
  comment: "A comment",
  "control-character": "A tab or line break in a text",
  "curly-quotes": "Typographic quotation marks",
  "duplicate-key": "A name that stands twice in one object",
  empty: "A file without content",
  "extra-text": "Text after the end",
  "lone-surrogate": "Half of a character",
  "missing-comma": "No comma between two members",
  "missing-value": "No value where there should be one",
  "not-json": "Something else than JSON",
  "not-utf-8": "Bytes that are no UTF-8",
  "number-not-exact": "A number that programs cannot keep exactly",
  "number-too-large": "A number that programs cannot compute with",
  "single-quotes": "Single quotation marks",
  "too-deep": "Objects in objects, without end",
  "too-large": "A file that is too large",
  "too-many-faults": "More faults than are told",
  "too-many-values": "More values than are read",
  "trailing-comma": "A comma after the last member",
  unclosed: "A text, array or object that does not end",
}

const JSON_MENDS: readonly JsonFaultKind[] = [
  "bad-escape",
  "bad-key",
  "bad-space",
  "bare-word",
  "byte-order-mark",
  "control-character",
  "curly-quotes",
  "missing-comma",
  "single-quotes",
  "trailing-comma",
]

/** Faults of the text, which make it no JSON or one that programs read differently. */
export const JSON_RULES: readonly LintRule[] = Object.entries(JSON_FINDS).map(([kind, finds]) => ({
  id: `json/${kind}`,
  severity: "error",
  finds,
  why: "Programs refuse such a file, or read it differently from one another.",
  ...(JSON_MENDS.includes(kind as JsonFaultKind) ? { mends: true as const } : {}),
}))

const SCHEMA_FINDS: Readonly<Record<string, string>> = {
  additionalProperties: "A member that a manifest, or an input of this kind, does not have",
  anyOf: "A value in none of the forms that it can have, such as an unknown type",
  dependencies: "A rule without the one that it needs, as `exclusiveMinimum` needs `minimum`",
  enum: "A word that is not in the list, such as an unknown licence",
  format: "A text that is not what it should spell",
  maxLength: "A text that is too long",
  minItems: "A list without items",
  minLength: "A text that is too short",
  minimum: "A number that is too small",
  not: "`default` beside `optional`",
  oneOf: "A value that fits several forms, or none",
  other: "Any other rule of the manifest's schema",
  pattern: "A text that does not match its pattern, such as a name in capitals",
  required: "A member that is missing",
  type: "A value of another type",
  uniqueItems: "An item that is there twice",
}

const SCHEMA_MENDS = ["additionalProperties", "anyOf", "enum", "not", "type"]

/** What the specification refuses. */
export const SCHEMA_RULES: readonly LintRule[] = Object.entries(SCHEMA_FINDS).map(([keyword, finds]) => ({
  id: `schema/${keyword}`,
  severity: "error",
  finds,
  why: "The specification refuses the manifest, and so does every system that keeps to it.",
  ...(SCHEMA_MENDS.includes(keyword) ? { mends: true as const } : {}),
}))
