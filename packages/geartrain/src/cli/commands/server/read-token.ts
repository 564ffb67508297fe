import { GeartrainError } from "@geartrain/spec"
import { type Refusal, readSmallFile } from "../../run/read-small-file.ts"

/** A token is a line of text. */
const LONGEST_BYTES = 4096

/** A token, and what tells that whoever gave it is gone. */
export interface GivenToken {
  readonly token: string
  /** Aborted when standard input is closed. Absent where the token came from a file. */
  readonly giverGone?: AbortSignal
}

/**
 * Reads a runner's token: never from the command line, where everybody on the machine could see it.
 *
 * @param path  Of a file; `-` for the first line of standard input, which may stay open.
 * @throws {GeartrainError} SECRET_UNREADABLE. The message has the path, never the token.
 */
export async function readToken(path: string): Promise<GivenToken> {
  const given = path === "-" ? await readFirstLine() : { token: await readFile(path) }
  if (given.token === "") throw unreadable(path, { is: "it is empty" })
  return given
}

async function readFile(path: string): Promise<string> {
  const refuse = (refusal: Refusal): GeartrainError =>
    unreadable(path, refusal.details === undefined ? refusal : { is: "it is not text in UTF-8" })
  return (await readSmallFile(path, { longestBytes: LONGEST_BYTES, refuse })).trim()
}

async function readFirstLine(): Promise<GivenToken> {
  if (process.stdin.isTTY === true) throw unreadable("-", { is: "standard input is a terminal, which would show it" })
  const gone = new AbortController()
  const token = await new Promise<string>((resolve, reject) => {
    let text = ""
    process.stdin.setEncoding("utf8")
    process.stdin.on("data", (chunk: string) => {
      text = `${text}${chunk}`.slice(0, LONGEST_BYTES + 1)
      if (text.length > LONGEST_BYTES)
        reject(unreadable("-", { is: `its first line has more than ${LONGEST_BYTES} bytes` }))
      else if (text.includes("\n")) resolve(text.slice(0, text.indexOf("\n")).trim())
    })
    process.stdin.on("close", () => {
      gone.abort()
      resolve(text.trim())
    })
    process.stdin.on("error", () => gone.abort())
  })
  // Watching it is no reason to stay.
  process.stdin.unref()
  return { token, giverGone: gone.signal }
}

function unreadable(path: string, { is, cause }: Refusal): GeartrainError {
  return new GeartrainError("SECRET_UNREADABLE", `Cannot read the token from "${path}": ${is}`, {
    details: { path },
    hint: "Write the token to a file that only you can read: --token-file PATH",
    ...(cause === undefined ? {} : { cause }),
  })
}
