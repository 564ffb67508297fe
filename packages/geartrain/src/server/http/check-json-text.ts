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
  // Strings are skipped as a whole, so that brackets in them do not count.
  for (const [word] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[[\]{}]/gs)) {
    if (word === "[" || word === "{") depth++
    else if (word === "]" || word === "}") depth--
    else if (hasUnfitCharacter(word)) throw invalid("a text in it has a character 0, or half of a character")
    if (depth > MOST_DEPTH) throw invalid(`it is nested deeper than ${MOST_DEPTH} levels`)
  }
}

function hasUnfitCharacter(word: string): boolean {
  if (!/\\u(?:0000|d[89a-f])/i.test(word)) return false
  // Escaped backslashes first: what follows them is no escape.
  const escapes = word.replaceAll("\\\\", "")
  return /\\u0000|\\ud[89ab][\da-f]{2}(?!\\ud[c-f][\da-f]{2})|(?<!\\ud[89ab][\da-f]{2})\\ud[c-f][\da-f]{2}/i.test(
    escapes,
  )
}

function invalid(what: string): GeartrainError {
  return new GeartrainError("REQUEST_INVALID", `Cannot read the body: ${what}`)
}
