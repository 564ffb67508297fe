/** The program that a command starts first, as far as that can be told without running it. */
export interface FirstProgram {
  /** The word that names it. */
  readonly program: string
  /** The words after it. */
  readonly words: readonly string[]
}

/**
 * Reads which program a command line of bash starts first.
 *
 * @returns undefined where only bash can tell: variables, groups, builtins.
 * @example
 *   firstProgram("OMP_NUM_THREADS=1 python run.py --all && echo done") // => { program: "python", words: ["run.py", "--all"] }
 *   firstProgram("if true; then ./a; fi") // => undefined
 */
export function firstProgram(command: string): FirstProgram | undefined {
  const words = simpleWords(command)
  if (words === undefined) return undefined
  let start = 0
  while (ASSIGNMENT.test(words[start] ?? "") || words[start] === "exec") start++
  const program = words[start]
  if (program === undefined || OF_BASH.has(program)) return undefined
  return { program, words: words.slice(start + 1) }
}

const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*=/

/**
 * Words that bash understands itself, and so looks for in no folder.
 *
 * @see bash(1), "RESERVED WORDS" and "SHELL BUILTIN COMMANDS"
 */
const OF_BASH = new Set(
  "! { } ( [ [[ . : alias bg bind break builtin caller case cd command compgen complete compopt continue coproc declare dirs disown do done echo elif else enable esac eval exit export false fc fg fi for function getopts hash help history if in jobs kill let local logout mapfile popd printf pushd pwd read readarray readonly return select set shift shopt source suspend test then time times trap true type typeset ulimit umask unalias unset until wait while".split(
    " ",
  ),
)

/** The words up to the first operator; undefined where a word is made while it runs. */
function simpleWords(command: string): readonly string[] | undefined {
  const words: string[] = []
  const token = /\s*(?:(?<end>[;&|\n<>]|$)|(?<word>(?:"[^"$`\\]*"|'[^']*'|[^\s;&|<>()$`"'\\*?[{~#])+)|(?<other>.))/suy
  for (;;) {
    const groups = token.exec(command)?.groups
    if (groups === undefined || groups["other"] !== undefined) return undefined
    if (groups["word"] === undefined) return words
    words.push(groups["word"].replaceAll(/"([^"]*)"|'([^']*)'/g, "$1$2"))
  }
}
