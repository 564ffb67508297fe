/** One instruction of a Dockerfile. */
export interface Instruction {
  /** In capitals. */
  readonly name: string
  /** What follows, with its lines put together. */
  readonly rest: string
  /** The line that it begins in, from 1. */
  readonly line: number
}

/**
 * Takes a Dockerfile apart into its instructions. Comments are left out, lines that go on are put together, and what stands in a here-document
 * is part of no instruction.
 *
 * @see Dockerfile reference, "Format", "Parser directives" and "Here-documents"
 * @example
 *   readDockerfile("FROM a\nRUN x \\\n  y\n") // => [{ name: "FROM", rest: "a", line: 1 }, { name: "RUN", rest: "x y", line: 2 }]
 */
export function readDockerfile(text: string): readonly Instruction[] {
  const lines = text.split(/\r\n|\n|\r/)
  const continuation = /^#\s*escape\s*=\s*`/im.test(lines.slice(0, 3).join("\n")) ? "`" : "\\"
  const found: Instruction[] = []
  for (let index = 0; index < lines.length; index++) {
    if (isPassedOver(lines[index] ?? "")) continue
    const { text: whole, last } = putTogether(lines, index, continuation)
    const [, name, rest] = /^\s*([A-Za-z]+)\s+(.*)$/s.exec(whole) ?? []
    if (name !== undefined && rest !== undefined) {
      found.push({ name: name.toUpperCase(), rest: rest.trim().replaceAll(/\s{2,}/g, " "), line: index + 1 })
    }
    index = endOfHereDocument(lines, rest ?? "", last)
  }
  return found
}

/** Comments and empty lines: between instructions, and also within one that goes on. */
function isPassedOver(line: string): boolean {
  return line.trim() === "" || /^\s*#/.test(line)
}

/** An instruction with all its lines, and the number of the last of them. */
function putTogether(
  lines: readonly string[],
  first: number,
  continuation: string,
): { readonly text: string; readonly last: number } {
  let text = ""
  for (let index = first; index < lines.length; index++) {
    const line = (lines[index] ?? "").trimEnd()
    if (index > first && isPassedOver(line)) continue
    if (!line.endsWith(continuation)) return { text: text + line, last: index }
    text += `${line.slice(0, -1)} `
  }
  return { text, last: lines.length }
}

function endOfHereDocument(lines: readonly string[], rest: string, from: number): number {
  const word = /<<-?\s*["']?([A-Za-z_][A-Za-z0-9_]*)["']?/.exec(rest)?.[1]
  if (word === undefined) return from
  const end = lines.findIndex((line, index) => index > from && line.trim() === word)
  return end === -1 ? lines.length : end
}

/**
 * The words of an instruction in exec form, a JSON array of texts; undefined for the shell form.
 *
 * @example
 *   execWords('["python", "run.py"]') // => ["python", "run.py"]
 */
export function execWords(rest: string): readonly string[] | undefined {
  if (!rest.startsWith("[")) return undefined
  try {
    const value: unknown = JSON.parse(rest)
    return Array.isArray(value) && value.every((word) => typeof word === "string") ? value : undefined
  } catch {
    // As for the builder: what is no JSON is a command for the shell.
    return undefined
  }
}

/**
 * The variables of an ENV instruction, in both of its forms, as `NAME=value`.
 *
 * @example
 *   environmentOf("FLYWHEEL /flywheel/v0") // => ["FLYWHEEL=/flywheel/v0"]
 *   environmentOf('A=1 B="two words"') // => ["A=1", "B=two words"]
 */
export function environmentOf(rest: string): readonly string[] {
  const [, old, value] = /^([A-Za-z_][A-Za-z0-9_]*)\s+(.*)$/s.exec(rest) ?? []
  if (old !== undefined) return [`${old}=${value}`]
  const pairs = rest.matchAll(
    /(?<![A-Za-z0-9_])([A-Za-z_][A-Za-z0-9_]*)=((?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])*)/g,
  )
  return Array.from(pairs, ([, name, text = ""]) => `${name}=${text.replaceAll(/^(["'])(.*)\1$/gs, "$2")}`)
}
