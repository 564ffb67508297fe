import type { JsonCursor } from "./json-cursor.ts"
import type { JsonValue } from "./json-value.ts"

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![0-9A-Za-z_.])/y
const LIKE_NUMBER = /[+-]?\.?[0-9][0-9A-Za-z_.]*(?:(?<=[eE])[+-][0-9]+)?/y

/** Tells whether a number begins here, in whatever spelling. */
export function isNumberStart(cursor: JsonCursor): boolean {
  return /[0-9]|[+-]\.?[0-9]|\.[0-9]/y.test(cursor.text.slice(cursor.offset, cursor.offset + 3))
}

/** Reads the number that begins here. */
export function readJsonNumber(cursor: JsonCursor): number {
  const start = cursor.offset
  const text = cursor.take(NUMBER)
  if (text === undefined) return readOtherNumber(cursor)
  const value = Number(text)
  if (!Number.isFinite(value)) {
    cursor.report("number-too-large", start, {
      problem: `${shorten(text)} is larger than any number that programs can compute with`,
      fix: "Write a number below 1.8e308",
    })
    return 0
  }
  // It would be passed on as another number than the one that stands here.
  if (/^-?[0-9]{16,}$/.test(text) && String(value) !== text && BigInt(text) !== BigInt(value)) {
    cursor.report("number-not-exact", start, {
      problem: `${shorten(text)} cannot be kept exactly: it would become ${value}`,
      fix: "Write it as a string, or as a number of at most 15 digits",
    })
  }
  return value
}

function readOtherNumber(cursor: JsonCursor): number {
  const start = cursor.offset
  const text = cursor.take(LIKE_NUMBER) ?? cursor.peek()
  if (cursor.offset === start) cursor.offset++
  const value = Number(text.replaceAll("_", ""))
  const usable = Number.isFinite(value)
  cursor.report("bad-number", start, {
    problem: `${shorten(text)} is no number in JSON`,
    fix: usable ? `Write ${JSON.stringify(value)}` : "Put it in double quotes, or mend the number",
  })
  return usable ? value : 0
}

const LITERALS: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>([
  ["true", true],
  ["false", false],
  ["null", null],
])

/** What other languages call the three literals. */
const FOREIGN_LITERALS: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>([
  ["none", null],
  ["nil", null],
  ["undefined", null],
  ["yes", true],
  ["no", false],
  ["on", true],
  ["off", false],
])

/** Words that can mean nothing else, as `yes` and `off` can. */
const IN_PYTHON = /^(?:true|false|null|none)$/i

const NOT_FINITE = /^[+-]?(?:nan|inf|infinity)$/i

/** Reads the word that begins here: one of the three literals, or something that JSON does not have. */
export function readJsonWord(cursor: JsonCursor): JsonValue {
  const start = cursor.offset
  const word = cursor.take(/[+-]?[\p{L}_$][\p{L}\p{N}_$.-]*/uy) ?? ""
  const literal = LITERALS.get(word)
  if (literal !== undefined) return literal
  const meant = LITERALS.get(word.toLowerCase()) ?? FOREIGN_LITERALS.get(word.toLowerCase())
  cursor.report("bare-word", start, {
    problem: `${shorten(word)} is no value in JSON`,
    fix: wordFix(word, meant),
    ...(meant !== undefined && IN_PYTHON.test(word)
      ? { edit: { start, end: cursor.offset, text: JSON.stringify(meant) } }
      : {}),
  })
  return meant === undefined ? word : meant
}

function wordFix(word: string, meant: JsonValue | undefined): string {
  if (NOT_FINITE.test(word)) return "Write a number; JSON has none that is not finite"
  return meant === undefined ? `Put it in double quotes: "${shorten(word)}"` : `Write ${JSON.stringify(meant)}`
}

function shorten(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 37)}…`
}
