import type { JsonValue } from "../json/json-value.ts"

/**
 * Writes a JSON value as Python's `str` does: what a gear finds in its environment when a Flywheel server started it.
 *
 * JSON in JavaScript does not tell `1.0` from `1`, so a whole number is written as an integer.
 *
 * @see Python language reference, `str` and `repr` of built-in types
 * @example
 *   pythonText(["a", 1.5, true, null]) // => "['a', 1.5, True, None]"
 *   pythonText("as it is") // => "as it is"
 */
export function pythonText(value: JsonValue): string {
  return typeof value === "string" ? value : pythonRepr(value)
}

function pythonRepr(value: JsonValue): string {
  if (value === null) return "None"
  if (typeof value === "boolean") return value ? "True" : "False"
  if (typeof value === "number") return pythonNumber(value)
  if (typeof value === "string") return pythonString(value)
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(", ")}]`
  return `{${Object.entries(value)
    .map(([key, member]) => `${pythonString(key)}: ${pythonRepr(member)}`)
    .join(", ")}}`
}

/**
 * Writes a number as Python writes the one that it reads from our JSON: as JavaScript does, but with an exponent of two digits below 1e-4.
 *
 * @example
 *   pythonNumber(1e-7) // => "1e-07"
 */
export function pythonNumber(value: number): string {
  if (value === 0 || Math.abs(value) >= 1e-4) return String(value)
  const [digits, exponent] = value.toExponential().split("e-")
  return `${digits}e-${String(exponent).padStart(2, "0")}`
}

// What Python's `str.isprintable` refuses: control, format, surrogate, private and unassigned characters, and spaces other than " ".
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u

function pythonString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  let escaped = ""
  for (const character of text) escaped += escapeCharacter(character, quote)
  return quote + escaped + quote
}

const ESCAPES = new Map([
  ["\\", "\\\\"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
])

function escapeCharacter(character: string, quote: string): string {
  if (character === quote) return `\\${quote}`
  const short = ESCAPES.get(character)
  if (short !== undefined) return short
  if (!UNPRINTABLE.test(character)) return character
  const code = character.codePointAt(0) ?? 0
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, "0")}`
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`
}
