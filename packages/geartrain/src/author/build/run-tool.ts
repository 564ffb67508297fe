import type { Readable } from "node:stream"
import { builderVariables } from "../../system/builder-variables.ts"
import { plainEnvironment, startProcess } from "../../system/process.ts"

/** A builder that ended. */
export interface ToolEnd {
  readonly command: readonly string[]
  readonly exitCode: number | undefined
  readonly signal: string | undefined
  /** The last lines of both streams, in the order in which they came. */
  readonly lines: readonly string[]
  readonly cancelled: boolean
  readonly timedOut: boolean
}

export interface ToolOptions {
  readonly onLine?: (line: string) => void
  readonly signal?: AbortSignal
  readonly cwd?: string
  /** Besides the variables that say where a builder keeps its things, and which proxy leads out. */
  readonly env?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
}

/** Compiling a large package takes hours, and one that hangs should not stay for ever. */
const MOST_MS = 12 * 60 * 60_000
const MOST_LINES = 2000
const MOST_LINE = 2000

/**
 * Runs a builder to its end, and hands on what it says line by line. Nothing of the user's environment reaches it, but for the few variables
 * of `builderVariables`: no key, no locale, no path of a library.
 *
 * @throws {ProcessNotStarted} when there is no such program.
 */
export async function runTool(command: readonly string[], options: ToolOptions = {}): Promise<ToolEnd> {
  const started = await startProcess(command, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...plainEnvironment(), ...builderVariables(), ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  })
  let timedOut = false
  let cancelled = false
  const timer = setTimeout(() => {
    timedOut = true
    started.killGroup("SIGKILL")
  }, options.timeoutMs ?? MOST_MS)
  const onAbort = (): void => {
    cancelled = true
    // It takes its containers and mounts away, when it is asked to end.
    started.killGroup("SIGTERM")
    setTimeout(() => started.killGroup("SIGKILL"), GRACE_MS).unref()
  }
  if (options.signal?.aborted) onAbort()
  options.signal?.addEventListener("abort", onAbort, { once: true })
  const lines: string[] = []
  const take = (line: string): void => {
    lines.push(line)
    if (lines.length > MOST_LINES) lines.shift()
    options.onLine?.(line)
  }
  onLines(started.child.stdout, take)
  onLines(started.child.stderr, take)
  const { exitCode, signal } = await started.exited
  clearTimeout(timer)
  options.signal?.removeEventListener("abort", onAbort)
  return { command, exitCode, signal, lines, cancelled, timedOut }
}

const GRACE_MS = 10_000

/** A line ends with a line feed or, in a progress bar, a carriage return. A long one is cut. */
function onLines(stream: Readable | null, take: (line: string) => void): void {
  let rest = ""
  stream?.setEncoding("utf8")
  stream?.on("data", (text: string) => {
    const parts = (rest + text).split(/\r?\n|\r/)
    rest = (parts.pop() ?? "").slice(0, MOST_LINE)
    for (const part of parts) take(part.slice(0, MOST_LINE))
  })
  stream?.on("end", () => {
    if (rest !== "") take(rest)
  })
}
