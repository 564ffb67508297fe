/** The first line of a script, taken apart as the kernel does. */
export interface Shebang {
  /** Path of the interpreter, as it is written. */
  readonly interpreter: string
  /** For `/usr/bin/env`: the program that it looks for on PATH. */
  readonly program?: string
  /** The line ends with carriage return and line feed: the interpreter's name then ends with a character that cannot be seen. */
  readonly crlf: boolean
  /** A byte-order mark stands before it, so that the kernel does not see that it is a script. */
  readonly mark: boolean
}

/**
 * Reads which program is to read a script.
 *
 * @param head  How the file begins.
 * @returns undefined where the file is no script.
 * @see Linux, fs/binfmt_script.c; env(1), -S
 * @example
 *   readShebang(new TextEncoder().encode("#!/usr/bin/env python\r\n"))
 *   // => { interpreter: "/usr/bin/env", program: "python", crlf: true, mark: false }
 */
export function readShebang(head: Uint8Array): Shebang | undefined {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(head)
  const mark = text.startsWith("\ufeff")
  const line = /^\ufeff?#!([^\n]*)/.exec(text)?.[1]
  if (line === undefined) return undefined
  const [interpreter = "", ...words] = line.trim().split(/[ \t]+/)
  const crlf = line.endsWith("\r")
  if (!/(?:^|\/)env$/.test(interpreter)) return { interpreter, crlf, mark }
  const program = words.find((word) => !word.startsWith("-") && !word.includes("="))
  return { interpreter, ...(program === undefined ? {} : { program }), crlf, mark }
}
