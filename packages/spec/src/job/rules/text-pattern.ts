import { type PythonPattern, readPythonPattern } from "../../pattern/python-pattern.ts"

export type PatternReading =
  | { readonly ok: true; readonly pattern: PythonPattern }
  | {
      readonly ok: false
      /** What is the case with it, as a sentence that begins with "it". */
      readonly problem: string
    }

/**
 * Reads a regular expression of a rule: Python's, as `re.match` takes it, which is to say from the start of the text. It is matched in time that
 * is bounded by the lengths of text and pattern.
 *
 * @example
 *   anchoredPattern("T1w?", { ignoreCase: true }).pattern.search("t1_mprage", new StepBudget()) // => true
 */
export function anchoredPattern(source: string, options: { readonly ignoreCase: boolean }): PatternReading {
  // Python wants flags of the whole pattern at its very start.
  const [flags = "", letters = ""] = /^\(\?([a-zA-Z]+)\)/.exec(source) ?? []
  const alone = readPythonPattern(source)
  if (!alone.ok) return alone
  const all = [...new Set([...letters, ...(options.ignoreCase ? "i" : "")])].join("")
  // The comment at the end of a verbose pattern ends with its line.
  const end = letters.includes("x") ? "\n)" : ")"
  return readPythonPattern(`${all === "" ? "" : `(?${all})`}\\A(?:${source.slice(flags.length)}${end}`)
}

/**
 * Reads the pattern of a name as shells do, without regard to case: `*` is anything, `?` one character, `[a-c]` and `[!a]` one of some.
 *
 * @example
 *   globPattern("*.nii*").pattern.search("T1.NII.gz", new StepBudget()) // => true
 */
export function globPattern(glob: string): PatternReading {
  let source = ""
  for (let at = 0; at < glob.length; ) {
    const set = glob[at] === "[" ? SET.exec(glob.slice(at)) : null
    if (set !== null) {
      const [whole, not = "", members = ""] = set
      source += `[${not === "" ? "" : "^"}${members.replaceAll(/[\\[\]^&~|]/g, "\\$&")}]`
      at += whole.length
      continue
    }
    const character = String.fromCodePoint(glob.codePointAt(at) ?? 0)
    // Stars in a row are one: they would cost more and mean the same.
    if (character !== "*") source += character === "?" ? "." : character.replaceAll(/[^\p{L}\p{N}_]/gu, "\\$&")
    else if (glob[at - 1] !== "*") source += ".*"
    at += character.length
  }
  return readPythonPattern(`(?is)\\A(?:${source})\\Z`)
}

// A bracket that comes first is one of the set.
const SET = /^\[(!?)(\]?[^\]]*)\]/
