import type { Ending } from "../box/backend.ts"

/**
 * The version that a runtime prints, as `crun version 1.8.1` or `runc version 1.1.5+ds1`.
 *
 * @example
 *   ociVersion("runc version 1.1.5+ds1\ncommit: 1\n") // => "1.1.5+ds1"
 *   ociVersion("hello") // => undefined
 */
export function ociVersion(printed: string): string | undefined {
  return /^(?:crun|runc) version (\S+)/.exec(printed)?.[1]
}

/**
 * The number in a pid file; undefined while it is not there or not written yet.
 *
 * @example
 *   pidOf("17") // => 17
 *   pidOf("") // => undefined
 */
export function pidOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+\s*$/.test(text) ? Number.parseInt(text, 10) : undefined
}

/** What the runtimes say when there is no such command, and when it cannot be executed. */
const NOT_FOUND =
  /executable file\b.*\bnot found in \$PATH|exec.*(?:no such file or directory|missing dynamic library)/i
const NOT_EXECUTABLE =
  /exec.*(?:permission denied|exec format error|is a directory)|open executable.*permission denied/i

/**
 * Tells how a box ended from the runtime's exit code and its log. An error in the log is the runtime's own, for a gear cannot write there.
 *
 * @param log  One JSON object a line, with `level` and `msg`.
 */
export function ociEnding(code: number, log: string): Ending {
  const words = errorsOf(log).join("; ")
  if (code === 0 || words === "") return { type: "ended", code }
  // Before the other, since a missing folder on the way is "not a directory" or "no such file" too.
  if (NOT_EXECUTABLE.test(words)) return { type: "no-command", code: 126 }
  if (NOT_FOUND.test(words)) return { type: "no-command", code: 127 }
  return { type: "failed", words }
}

function errorsOf(log: string): readonly string[] {
  return log.split("\n").flatMap((line) => {
    const entry = parse(line)
    return entry?.level === "error" ? [String(entry.msg)] : []
  })
}

function parse(line: string): { readonly level?: unknown; readonly msg?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === "object" && value !== null ? value : undefined
  } catch {
    // A line that a killed runtime has not written to its end.
    return undefined
  }
}
