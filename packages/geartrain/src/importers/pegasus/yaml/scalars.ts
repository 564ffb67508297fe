import type { JsonValue } from "@geartrain/spec"

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?$/

/**
 * A plain scalar by YAML 1.2's core schema, but that a number which would be written differently stays text: `4.0` is a version and `007`
 * a name as often as they are numbers, and whoever wants a number can still have it.
 *
 * @example
 *   readPlain("true") // => true
 *   readPlain("17") // => 17
 *   readPlain("4.0") // => "4.0"
 *   readPlain("~") // => null
 */
export function readPlain(text: string): JsonValue {
  switch (text) {
    case "":
    case "~":
    case "null":
    case "Null":
    case "NULL":
      return null
    case "true":
    case "True":
    case "TRUE":
      return true
    case "false":
    case "False":
    case "FALSE":
      return false
  }
  const first = text.charCodeAt(0)
  if ((first < 0x30 || first > 0x39) && first !== 0x2d) return text
  if (!NUMBER.test(text)) return text
  const number = Number(text)
  return String(number) === text ? number : text
}

const ESCAPES: Readonly<Record<string, string>> = {
  "0": "\0",
  a: "\x07",
  b: "\b",
  t: "\t",
  "\t": "\t",
  n: "\n",
  v: "\v",
  f: "\f",
  r: "\r",
  e: "\x1b",
  " ": " ",
  '"': '"',
  "/": "/",
  "\\": "\\",
  N: "\x85",
  _: "\xa0",
  L: "\u2028",
  P: "\u2029",
}

const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

/** What stands between double quotes, with its escapes and folded lines. Undefined where an escape is none. */
export function unescapeDouble(text: string): string | undefined {
  if (!text.includes("\\")) return foldLines(text)
  let result = ""
  let plain = 0
  for (let at = text.indexOf("\\"); at !== -1; at = text.indexOf("\\", plain)) {
    const before = text.slice(plain, at)
    const letter = text.charAt(at + 1)
    const digits = HEX_DIGITS[letter]
    if (letter === "\n" || letter === "\r") {
      result += foldLines(before)
      plain = at + 1
      while (/\s/.test(text.charAt(plain)) && plain < text.length) plain++
      continue
    }
    result += foldLines(before)
    if (digits === undefined) {
      const meant = ESCAPES[letter]
      if (meant === undefined) return undefined
      result += meant
      plain = at + 2
      continue
    }
    const hex = text.slice(at + 2, at + 2 + digits)
    const code = Number.parseInt(hex, 16)
    if (!/^[0-9a-fA-F]+$/.test(hex) || hex.length !== digits || code > 0x10ffff) return undefined
    // Writers of YAML in Java give a character beyond the first plane as two halves.
    result += String.fromCodePoint(code)
    plain = at + 2 + digits
  }
  return result + foldLines(text.slice(plain))
}

/** An end of line within quotes is a space; a blank line is an end of line. */
export function foldLines(text: string): string {
  if (!text.includes("\n")) return text
  return text.replace(/[ \t]*(?:\r?\n[ \t]*)+/g, (breaks) => {
    const count = breaks.split("\n").length - 1
    return count === 1 ? " " : "\n".repeat(count - 1)
  })
}
