import type { JsonValue } from "@geartrain/spec"
import { escapeText } from "../output/escape-text.ts"

/** Longer values would hide what else a page has to say. */
const LONGEST = 80

/**
 * A value as a page shows it: text without quotes unless it would be taken for something else, everything else as JSON, cut when it is long.
 *
 * @example
 *   valueText("fast") // => "fast"
 *   valueText("") // => '""'
 *   valueText("2") // => '"2"'
 *   valueText([1, 2]) // => "[1,2]"
 */
export function valueText(value: JsonValue | undefined): string {
  if (value === undefined) return "—"
  const isPlain = typeof value === "string" && value !== "" && !LOOKS_LIKE_JSON.test(value)
  const text = escapeText(isPlain ? value : JSON.stringify(value))
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`
}

const LOOKS_LIKE_JSON = /^(\s|[-+\d."[{]|(true|false|null)$)|\s$/
