import { codePointName, type JsonCursor } from "./json-cursor.ts"

/** The characters that people and word processors take for quotation marks, each with those that end what it begins. */
const QUOTES: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  "`": "`",
  "\u201c": "\u201d\u201c",
  "\u201d": "\u201d\u201c",
  "\u201e": "\u201c\u201d",
  "\u201f": "\u201d\u201c",
  "\u2018": "\u2019\u2018",
  "\u2019": "\u2019\u2018",
  "\u00ab": "\u00bb",
  "\u2033": "\u2033",
}

/** Tells whether a string begins here, in whatever quotation marks. */
export function isQuote(character: string): boolean {
  return character !== "" && Object.hasOwn(QUOTES, character)
}

/**
 * Reads the string that begins here. Wrong quotation marks, control characters and escapes are reported, and read as what they were meant to be.
 */
export function readJsonString(cursor: JsonCursor): string {
  const start = cursor.offset
  const open = cursor.peek()
  const faultsBefore = cursor.faults.length
  reportQuote(cursor, open)
  cursor.offset++
  const ends = QUOTES[open] ?? open
  let value = ""
  for (;;) {
    value += takePlain(cursor, ends)
    const character = cursor.peek()
    if (character === "") stopUnclosed(cursor, start)
    else if (ends.includes(character)) {
      cursor.offset++
      if (open !== '"') offerQuotes(cursor, { start, faultsBefore, value })
      return value
    } else if (character === "\\") value += readEscape(cursor)
    else if (character === "\n" || character === "\r") {
      if (isEndOfLineMissingQuote(cursor)) return endAtLine(cursor, start, value)
      value += readLineBreak(cursor)
    } else if (character < " ") value += readControlCharacter(cursor)
    else value += readLoneSurrogate(cursor)
  }
}

function reportQuote(cursor: JsonCursor, open: string): void {
  if (open === '"') return
  const curly = open !== "'" && open !== "`"
  cursor.report(curly ? "curly-quotes" : "single-quotes", cursor.offset, {
    problem: `a string begins with ${open}${curly ? `, a typographic quotation mark (${codePointName(open, 0)})` : ""}`,
    fix: 'Use straight double quotes: "',
  })
}

/** Now that the string has been read whole, and nothing else is wrong with it, its quotes can be changed. */
function offerQuotes(
  cursor: JsonCursor,
  read: { readonly start: number; readonly faultsBefore: number; readonly value: string },
): void {
  const { start, faultsBefore, value } = read
  const fault = cursor.faults[faultsBefore]
  if (fault === undefined || cursor.faults.length !== faultsBefore + 1) return
  cursor.faults[faultsBefore] = { ...fault, edit: { start, end: cursor.offset, text: JSON.stringify(value) } }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that JSON forbids in a string
const PLAIN = /[^"\\\u0000-\u001f\ud800-\udfff]+/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const PLAIN_IN_OTHER_QUOTES = /[^'`\u201c\u201d\u2018\u2019\u00bb\u2033\\\u0000-\u001f\ud800-\udfff]+/y
const PAIR = /[\ud800-\udbff][\udc00-\udfff]/y

/** Takes the characters that stand for themselves. */
function takePlain(cursor: JsonCursor, ends: string): string {
  const start = cursor.offset
  const plain = ends === '"' ? PLAIN : PLAIN_IN_OTHER_QUOTES
  for (;;) {
    if (cursor.take(plain) !== undefined || cursor.take(PAIR) !== undefined) continue
    // A quotation mark of another kind is a character like any other.
    if (ends !== '"' && isQuote(cursor.peek()) && !ends.includes(cursor.peek())) cursor.offset++
    else return cursor.text.slice(start, cursor.offset)
  }
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
}

function readEscape(cursor: JsonCursor): string {
  const start = cursor.offset
  const letter = cursor.text.charAt(start + 1)
  if (Object.hasOwn(SHORT_ESCAPES, letter)) {
    cursor.offset += 2
    return SHORT_ESCAPES[letter] ?? ""
  }
  if (letter === "u") return readUnicodeEscape(cursor)
  cursor.offset++
  cursor.report("bad-escape", start, {
    problem: `"\\${letter}" is no escape in JSON`,
    fix: letter === "'" ? "Write ' without a backslash" : `Write the backslash twice: "\\\\${letter}"`,
    ...(letter === "'" ? { edit: { start, end: start + 2, text: "'" } } : {}),
  })
  return "\\"
}

function readUnicodeEscape(cursor: JsonCursor): string {
  const start = cursor.offset
  const digits = cursor.take(/\\u[0-9a-fA-F]{4}/y)
  if (digits === undefined) {
    cursor.offset += 2
    cursor.report("bad-escape", start, {
      problem: '"\\u" is not followed by four hexadecimal digits',
      fix: 'Write four digits, such as "\\u00e9", or the character itself',
    })
    return ""
  }
  const first = Number.parseInt(digits.slice(2), 16)
  if (first < 0xd800 || first > 0xdfff) return String.fromCharCode(first)
  const low = first < 0xdc00 ? cursor.take(/\\u[dD][c-fC-F][0-9a-fA-F]{2}/y) : undefined
  if (low !== undefined) return String.fromCharCode(first, Number.parseInt(low.slice(2), 16))
  reportSurrogate(cursor, start, digits)
  return "\ufffd"
}

function readLoneSurrogate(cursor: JsonCursor): string {
  reportSurrogate(cursor, cursor.offset, codePointName(cursor.text, cursor.offset))
  cursor.offset++
  return "\ufffd"
}

function reportSurrogate(cursor: JsonCursor, offset: number, written: string): void {
  cursor.report("lone-surrogate", offset, {
    problem: `${written} is half of a character, without the other half`,
    fix: "Write the whole character itself",
  })
}

function readControlCharacter(cursor: JsonCursor): string {
  const character = cursor.peek()
  cursor.report("control-character", cursor.offset, {
    problem: `a string holds ${character === "\t" ? "a tab" : `the control character ${codePointName(character, 0)}`}`,
    fix: `Write it as ${JSON.stringify(character).slice(1, -1)}`,
    edit: { start: cursor.offset, end: cursor.offset + 1, text: JSON.stringify(character).slice(1, -1) },
  })
  cursor.offset++
  return character
}

function readLineBreak(cursor: JsonCursor): string {
  cursor.report("control-character", cursor.offset, {
    problem: "a string goes on over the end of the line",
    fix: "Write \\n where the line breaks, and the whole string on one line",
  })
  cursor.take(/\r\n|\n|\r/y)
  return "\n"
}

/** Whether the next line begins as one does after a string that should have ended on this one. */
function isEndOfLineMissingQuote(cursor: JsonCursor): boolean {
  const next = /\s{1,200}(?:"[^"\n]{0,200}"\s{0,20}:|[}\]])/y
  next.lastIndex = cursor.offset
  return next.test(cursor.text)
}

function endAtLine(cursor: JsonCursor, start: number, value: string): string {
  const trimmed = value.trimEnd()
  const hasComma = trimmed.endsWith(",")
  // The comma that belongs to the object is left for it.
  if (hasComma) cursor.offset = cursor.text.lastIndexOf(",", cursor.offset)
  cursor.report("unclosed", start, {
    problem: "a string is not closed before the end of its line",
    fix: 'Put a " at its end',
  })
  return hasComma ? trimmed.slice(0, -1) : trimmed
}

function stopUnclosed(cursor: JsonCursor, start: number): never {
  return cursor.stop("unclosed", start, {
    problem: "a string is not closed before the end of the text",
    fix: 'Put a " at its end',
  })
}
