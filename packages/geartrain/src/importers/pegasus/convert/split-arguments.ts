/**
 * A job's arguments as the program gets them. Pegasus joins the items of the list by spaces and hands over one line, which is split at blanks
 * outside of quotes: one item may be several arguments, and quotes are how an argument has a blank.
 *
 * @example
 *   splitArguments(["-a preprocess", "-i", "f.a"]) // => ["-a", "preprocess", "-i", "f.a"]
 *   splitArguments(["-m", "'two words'"]) // => ["-m", "two words"]
 */
export function splitArguments(items: readonly string[]): readonly string[] {
  const words: string[] = []
  let word: string | undefined
  let quote = ""
  for (const letter of items.join(" ")) {
    if (quote !== "") {
      if (letter === quote) quote = ""
      else word = (word ?? "") + letter
    } else if (letter === '"' || letter === "'") {
      quote = letter
      word ??= ""
    } else if (/\s/.test(letter)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? "") + letter
  }
  if (word !== undefined) words.push(word)
  return words
}
