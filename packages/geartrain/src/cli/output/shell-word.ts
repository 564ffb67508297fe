import { escapeText } from "./escape-text.ts"

/**
 * Writes a text as one word of a shell, so that a command that is printed can be copied: in quotes where a shell would take it apart.
 *
 * @example
 *   shellWord("data/T1.nii.gz") // => "data/T1.nii.gz"
 *   shellWord("it's mine.txt") // => "'it'\\''s mine.txt'"
 */
export function shellWord(text: string): string {
  const safe = escapeText(text)
  return PLAIN.test(safe) ? safe : `'${safe.replaceAll("'", "'\\''")}'`
}

const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/
