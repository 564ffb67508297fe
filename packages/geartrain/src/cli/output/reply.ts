import type { JsonObject, JsonValue } from "@geartrain/spec"
import type { Terminal } from "./terminal.ts"

/** What a command answers with `--json`, when it answers one thing. Programs may rely on it: members are added, never changed. */
export interface ReplyObject {
  /** `geartrain-cli-⟨command⟩/1`: says what `data` holds. */
  readonly schema: string
  /** The exit code is 0. */
  readonly ok: boolean
  readonly data: JsonValue
  readonly error: ReplyError | null
}

/** Why the answer is no. */
export interface ReplyError {
  /** A code of the error catalogue, the reason of a job that failed, or the word of a verdict. */
  readonly code: string
  readonly message: string
  /** What to do next, or null. */
  readonly fix: string | null
  /** A command that tells more. */
  readonly docs: string
  readonly culprit: string
  /** The same command may succeed later, with nothing changed. */
  readonly retryable: boolean
}

/** How a command speaks: results to standard output, messages to standard error. */
export interface Reply {
  readonly json: boolean
  /** A line of the result, for people: not with `--json`. */
  print(line: string): void
  /** An element of the result, for programs: a line of JSON, with `--json` only. */
  item(value: JsonObject): void
  /** A message: not with `--quiet` or `--json`. */
  say(line: string): void
  /** A message that is worth reading even with `--quiet`. */
  warn(line: string): void
  /** An id: whole for programs, its first 12 digits for people at a terminal. */
  id(id: string): string
}

export function createReply(terminal: Terminal, options: { readonly json: boolean; readonly quiet: boolean }): Reply {
  const { json, quiet } = options
  return {
    json,
    print: (line) => {
      if (!json) terminal.out.write(`${line}\n`)
    },
    item: (value) => {
      if (json) terminal.out.write(`${JSON.stringify(value)}\n`)
    },
    say: (line) => {
      if (!json && !quiet) terminal.err.write(`${line}\n`)
    },
    warn: (line) => {
      if (!json) terminal.err.write(`${terminal.err.paint.yellow("warning")} ${line}\n`)
    },
    id: (id) => (terminal.out.isTerminal ? shortId(id) : id),
  }
}

/**
 * The first 12 digits of an id, which is enough to name it with.
 *
 * @example
 *   shortId("sha256:0123456789abcdef") // => "0123456789ab"
 */
export function shortId(id: string): string {
  return id.replace(/^sha256:/, "").slice(0, 12)
}
