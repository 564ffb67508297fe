/** One simple command of a script. */
export interface ShellLine {
  readonly words: readonly string[]
  readonly redirections: readonly Redirection[]
  /** What comes between it and the next: the next is done in any case, if it succeeded, if it failed, or without waiting for it. */
  readonly joint: ";" | "&&" | "||" | "&"
}

/** `to`: a path, `&1` or `&2`, or `&-` for closed. */
export interface Redirection {
  readonly from: "stdin" | "stdout" | "stderr"
  readonly to: string
}

const SEPARATOR = /^(?:&&|\|\||;|\n|&)/
const REDIRECTION = /^([12]?)(>|<)(&[12-]|)/

/**
 * Reads a script in a small part of the shell's language: simple commands with quotes, variables and redirections, joined by `;`, `&&`, `||`
 * and `&`.
 *
 * @throws {RangeError} for anything else.
 * @example
 *   shellLines("echo 'a b' >/x && exit 3", {}).length // => 2
 */
export function shellLines(script: string, variables: Readonly<Record<string, string>>): readonly ShellLine[] {
  const lines: ShellLine[] = []
  let words: string[] = []
  let redirections: Redirection[] = []
  let rest = script.trim()
  while (rest !== "") {
    const separator = SEPARATOR.exec(rest)?.[0]
    const redirection = REDIRECTION.exec(rest)
    if (separator !== undefined) {
      const joint = separator === "\n" ? ";" : (separator as ShellLine["joint"])
      lines.push({ words, redirections, joint })
      words = []
      redirections = []
      rest = rest.slice(separator.length).trimStart()
    } else if (redirection !== null) {
      const from = redirection[2] === "<" ? "stdin" : redirection[1] === "2" ? "stderr" : "stdout"
      const after = rest.slice(redirection[0].length)
      const [to, length] = redirection[3] === "" ? readWord(after, variables) : [redirection[3] ?? "", 0]
      redirections.push({ from, to })
      rest = withoutBlanks(after.slice(length))
    } else {
      const [word, length] = readWord(rest, variables)
      // A word that was nothing but variables without a value is no word.
      if (word !== "" || /['"]/.test(rest.slice(0, length))) words.push(word)
      rest = withoutBlanks(rest.slice(length))
    }
  }
  if (words.length > 0 || redirections.length > 0) lines.push({ words, redirections, joint: ";" })
  return lines
}

/** A line break is no blank: it ends a command. */
function withoutBlanks(text: string): string {
  return text.replace(/^[ \t]+/, "")
}

/** Answers with the word, and how long it is in the script. */
function readWord(text: string, variables: Readonly<Record<string, string>>): readonly [string, number] {
  let word = ""
  let at = 0
  for (;;) {
    const rest = text.slice(at)
    const quoted = /^'([^']*)'/.exec(rest)
    const variable = /^\$([A-Za-z_]+)/.exec(rest)
    const plain = /^[^\s'"$&|;<>`()\\]+/.exec(rest)
    if (quoted !== null) word += quoted[1] ?? ""
    else if (variable !== null) word += variables[variable[1] ?? ""] ?? ""
    else if (plain !== null) word += plain[0]
    else if (at > 0) return [word, at]
    else throw new RangeError(`The pretended shell cannot read ${JSON.stringify(rest)}`)
    at += (quoted ?? variable ?? plain)?.[0].length ?? 0
  }
}
