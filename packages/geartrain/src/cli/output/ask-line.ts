import { Writable } from "node:stream"
import { GeartrainError } from "@geartrain/spec"

/**
 * Asks for a line on the terminal, on standard error so that standard output stays clean.
 *
 * @param options.hidden  What is typed is not shown: for passwords.
 * @throws {GeartrainError} INTERRUPTED when the user ends the input instead.
 */
export async function askLine(question: string, options: { readonly hidden?: boolean } = {}): Promise<string> {
  const { createInterface } = await import("node:readline/promises")
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  if (options.hidden === true) process.stderr.write(question)
  const output = options.hidden === true ? silent : process.stderr
  const lines = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 })
  try {
    const ended = new Promise<never>((_, reject) => {
      lines.once("SIGINT", () => reject(interrupted()))
      lines.once("close", () => reject(interrupted()))
    })
    return await Promise.race([lines.question(options.hidden === true ? "" : question), ended])
  } finally {
    lines.close()
    if (options.hidden === true) process.stderr.write("\n")
  }
}

function interrupted(): GeartrainError {
  return new GeartrainError("INTERRUPTED", "The question was not answered")
}
