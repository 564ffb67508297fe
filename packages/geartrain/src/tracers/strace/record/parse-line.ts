/** One line of a record, by what it tells of a process. */
export type RecordLine = { readonly pid: number } & (
  | { readonly kind: "call"; readonly name: string; readonly words: string; readonly result: string }
  /** A call that had not returned when another process did something. */
  | { readonly kind: "begun"; readonly name: string; readonly words: string }
  | { readonly kind: "resumed"; readonly name: string; readonly words: string; readonly result: string }
  | { readonly kind: "ended" }
  /** A thread became the whole process: from now on it goes on under that number. */
  | { readonly kind: "superseded"; readonly by: number }
  /** A signal, or a stop. */
  | { readonly kind: "other" }
)

/**
 * Takes a line apart. As all texts are in hexadecimal digits, no name of a file can be taken for anything else.
 *
 * @returns undefined for a line that strace does not write.
 * @example
 *   parseLine('7 chdir("\\x2f") = 0') // => { pid: 7, kind: "call", name: "chdir", words: '"\\x2f"', result: "0" }
 * @see strace(1), "DESCRIPTION", on unfinished and resumed calls
 */
export function parseLine(line: string): RecordLine | undefined {
  const begin = /^(\d{1,10}) +/.exec(line)
  if (begin === null) return undefined
  const pid = Number(begin[1])
  const text = line.slice(begin[0].length)
  if (text.startsWith("+++ ")) return parseEnd(pid, text)
  if (text.startsWith("--- ")) return { pid, kind: "other" }
  if (text.startsWith("<... ")) return parseResumed(pid, text)
  return parseCall(pid, text)
}

function parseEnd(pid: number, text: string): RecordLine | undefined {
  const superseded = /^\+\+\+ superseded by execve in pid (\d{1,10}) \+\+\+$/.exec(text)
  if (superseded !== null) return { pid, kind: "superseded", by: Number(superseded[1]) }
  return /^\+\+\+ (exited with \d+|killed by \w+( \(core dumped\))?) \+\+\+$/.test(text)
    ? { pid, kind: "ended" }
    : undefined
}

const RESULT = /\) += (.*)$/
const BEGUN = " <unfinished ...>"
/** A call that was under way when strace let go of the process, since the box had ended: it is not known whether it returned. */
const LET_GO = " <detached ...>"

function parseResumed(pid: number, text: string): RecordLine | undefined {
  const match = /^<\.\.\. (\w+|\?\?\?) resumed>/.exec(text)
  const rest = text.slice(match?.[0].length ?? 0)
  const result = RESULT.exec(rest)
  if (match === null || result === null) return undefined
  return { pid, kind: "resumed", name: match[1] ?? "", words: rest.slice(0, result.index), result: result[1] ?? "" }
}

function parseCall(pid: number, text: string): RecordLine | undefined {
  const match = /^(\w+|\?\?\?)\(/.exec(text)
  const ending = [BEGUN, LET_GO].find((end) => text.endsWith(end)) ?? ""
  if (match === null) return text.slice(0, text.length - ending.length) === "???" ? { pid, kind: "other" } : undefined
  const [name, rest] = [match[1] ?? "", text.slice(match[0].length)]
  if (ending !== "") return { pid, kind: "begun", name, words: rest.slice(0, -ending.length) }
  const result = RESULT.exec(rest)
  if (result === null) return undefined
  return { pid, kind: "call", name, words: rest.slice(0, result.index), result: result[1] ?? "" }
}
