/**
 * A number out of a file of lines `name value`.
 *
 * @example
 *   counter("oom_kill_disable 0\noom_kill 3\n", "oom_kill") // => 3
 *   counter("low 0\n", "oom_kill") // => undefined
 */
export function counter(text: string | undefined, name: string): number | undefined {
  const line = text?.split("\n").find((candidate) => candidate.startsWith(`${name} `))
  return firstNumber(line?.slice(name.length + 1))
}

/**
 * @example
 *   firstNumber("12345\n") // => 12345
 *   firstNumber("max\n") // => undefined
 */
export function firstNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d/.test(text) ? Number.parseInt(text, 10) : undefined
}
