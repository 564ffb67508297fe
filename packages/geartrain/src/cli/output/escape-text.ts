/**
 * Makes text from gears, files and archives safe to print as part of a line: control characters, which could move the cursor, rename the
 * window or forge lines, and marks that turn the direction of text are written out.
 *
 * @example
 *   escapeText("a\u001b[2Jb") // => "a\\x1b[2Jb"
 *   escapeText("two\nlines") // => "two\\nlines"
 */
export function escapeText(text: string): string {
  return text.replaceAll(UNSAFE, writeOut)
}

/**
 * The same for text of several lines, as a description in a manifest is: line feeds stay.
 *
 * @example
 *   escapeLines("two\nlines\u0007") // => "two\nlines\\x07"
 */
export function escapeLines(text: string): string {
  return text.replaceAll(UNSAFE, (character) => (character === "\n" ? "\n" : writeOut(character)))
}

/**
 * The same for a line of a gear's log that is shown again: colours and tabs stay, for they cannot do harm.
 *
 * @example
 *   escapeLogLine("\u001b[31mred\u001b[0m\u001b]0;title\u0007") // => "\u001b[31mred\u001b[0m\\x1b]0;title\\x07"
 */
export function escapeLogLine(line: string): string {
  return line.replaceAll(COLOR_OR_UNSAFE, (found) => (found.length > 1 || found === "\t" ? found : writeOut(found)))
}

// C0, DEL, C1; line and paragraph separators; marks, embeddings, overrides and isolates of direction; a lone surrogate.
const UNSAFE_CLASS = String.raw`[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\p{Cs}]`
const UNSAFE = new RegExp(UNSAFE_CLASS, "gu")
/** @see ECMA-48, 8.3.117 SGR: select graphic rendition */
const COLOR_OR_UNSAFE = new RegExp(String.raw`\x1b\[[0-9;:]*m|${UNSAFE_CLASS}`, "gu")

const NAMED: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }

function writeOut(character: string): string {
  const code = character.charCodeAt(0)
  const hex = code.toString(16)
  return NAMED[character] ?? (code < 256 ? `\\x${hex.padStart(2, "0")}` : `\\u${hex.padStart(4, "0")}`)
}
