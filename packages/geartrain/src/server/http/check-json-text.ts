import { GeartrainError } from "@geartrain/spec"

/** What is read by functions that call themselves must not be deeper than their stack is. */
const MOST_DEPTH = 64

/**
 * Refuses JSON that is valid and that nobody can do anything with: nested without end, or with texts that no database keeps as they are: those with
 * the character 0 in them, and halves of characters.
 *
 * @throws {GeartrainError} REQUEST_INVALID
 */
export function checkJsonText(text: string): void {
  let depth = 0
  const brackets = /["[\]{}]/g
  for (let found = brackets.exec(text); found !== null; found = brackets.exec(text)) {
    const [mark] = found
    if (mark === '"') {
      // Strings are skipped as a whole, so that brackets in them do not count. A pattern of a whole one would run out of stack at a long one.
      const end = endOfString(text, found.index + 1)
      refuseCharacters(text.slice(found.index + 1, end))
      brackets.lastIndex = end + 1
    } else if (mark === "[" || mark === "{") depth++
    else depth--
    if (depth > MOST_DEPTH) throw invalid(`it is nested deeper than ${MOST_DEPTH} levels`)
  }
}

/** @returns where its closing mark is; the end of the text, where there is none. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start); at !== -1; at = text.indexOf('"', at + 1)) {
    let escapes = 0
    while (at - escapes > start && text[at - escapes - 1] === "\\") escapes++
    if (escapes % 2 === 0) return at
  }
  return text.length
}

const HIGH = /^d[89ab]/i
const LOW = /^d[c-f]/i

/** Only what is escaped can be either of them: what is not was read as UTF-8. */
function refuseCharacters(text: string): void {
  const unfit = "a text in it has a character 0, or half of a character"
  for (let at = text.indexOf("\\"); at !== -1; at = text.indexOf("\\", at)) {
    const code = codeAt(text, at)
    // What follows an escaped backslash is no escape.
    at += code === "" ? 2 : 6
    if (code === "0000" || LOW.test(code)) throw invalid(unfit)
    if (!HIGH.test(code)) continue
    if (!LOW.test(codeAt(text, at))) throw invalid(unfit)
    at += 6
  }
}

/** The four digits of an escape such as `\\u00e4`; empty for one of another kind, and for none. */
function codeAt(text: string, at: number): string {
  return text.startsWith("\\u", at) ? text.slice(at + 2, at + 6) : ""
}

function invalid(what: string): GeartrainError {
  return new GeartrainError("REQUEST_INVALID", `Cannot read the body: ${what}`)
}
