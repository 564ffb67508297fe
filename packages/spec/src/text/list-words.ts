/**
 * Lists words in a sentence.
 *
 * @example
 *   listWords(["a", "b", "c"], "or") // => "a, b or c"
 */
export function listWords(words: readonly string[], last: "and" | "or"): string {
  if (words.length < 2) return words.join("")
  return `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`
}

/**
 * Lists names in quotes, the first ten of them.
 *
 * @example
 *   listNames(["a", "b"]) // => '"a", "b"'
 */
export function listNames(names: readonly string[]): string {
  const shown = names
    .slice(0, MOST_NAMES)
    .map((name) => `"${name}"`)
    .join(", ")
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown
}

const MOST_NAMES = 10
