/**
 * A word that a POSIX shell reads as exactly this text, whatever is in it.
 *
 * @example
 *   shellWord("it's") // => "'it'\\''s'"
 */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/**
 * @example
 *   shellWords(["echo", "a b"]) // => "'echo' 'a b'"
 */
export function shellWords(texts: readonly string[]): string {
  return texts.map(shellWord).join(" ")
}
