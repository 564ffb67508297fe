import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process"
import type { Readable, Writable } from "node:stream"
import { systemCode } from "./system-code.ts"

/** A process that ended, in full. */
export interface ProcessResult {
  readonly command: readonly string[]
  readonly exitCode: number | undefined
  readonly signal: NodeJS.Signals | undefined
  readonly timedOut: boolean
  readonly cancelled: boolean
  /** At most `maxBytes`; the rest was read and dropped. */
  readonly stdout: Buffer
  /** The last `maxBytes` of it. */
  readonly stderr: string
}

export interface RunOptions {
  readonly cwd?: string
  /** The whole environment; absent: PATH, HOME and the locale only, so that what a tool does is the same for everybody. */
  readonly env?: Readonly<Record<string, string>>
  readonly input?: Uint8Array
  /** Default 60 s. The process and its whole group is killed then. */
  readonly timeoutMs?: number
  /** Default 1 MiB, for each of stdout and stderr. */
  readonly maxBytes?: number
  readonly signal?: AbortSignal
}

/** A process could not be started at all: most often, because the program is not installed. */
export class ProcessNotStarted extends Error {
  readonly program: string
  constructor(program: string, cause: unknown) {
    super(`Cannot start "${program}": ${systemCode(cause) ?? String(cause)}`, { cause })
    this.name = "ProcessNotStarted"
    this.program = program
  }
}

/**
 * Runs a program to its end and answers with everything about it; an exit code other than 0 is an answer too.
 *
 * @throws {ProcessNotStarted} when there is no such program, or it may not be executed.
 */
export async function runProcess(command: readonly string[], options: RunOptions = {}): Promise<ProcessResult> {
  const maxBytes = options.maxBytes ?? 1024 * 1024
  const started = await startProcess(command, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
    stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  })
  let timedOut = false
  let cancelled = false
  const timer = setTimeout(() => {
    timedOut = true
    started.killGroup("SIGKILL")
  }, options.timeoutMs ?? 60_000)
  const onAbort = (): void => {
    cancelled = true
    started.killGroup("SIGKILL")
  }
  if (options.signal?.aborted) onAbort()
  options.signal?.addEventListener("abort", onAbort, { once: true })
  const stdout = keepFirst(started.child.stdout, maxBytes)
  const stderr = keepLast(started.child.stderr, maxBytes)
  feed(started.child.stdin, options.input)
  const exit = await started.exited
  clearTimeout(timer)
  options.signal?.removeEventListener("abort", onAbort)
  return { command, ...exit, timedOut, cancelled, stdout: stdout(), stderr: stderr().toString("utf8") }
}

/** A process that was started. */
export interface StartedProcess {
  readonly child: ChildProcess
  readonly pid: number
  /** Resolves when the process has ended and its pipes are closed. Never rejects. */
  readonly exited: Promise<{ readonly exitCode: number | undefined; readonly signal: NodeJS.Signals | undefined }>
  /** Signals the process and all that it started in its group. Does nothing when it is gone. */
  killGroup(signal: NodeJS.Signals): void
}

/**
 * Starts a program in a process group of its own, so that it can be ended with everything that it started.
 *
 * @throws {ProcessNotStarted} when there is no such program, or it may not be executed.
 */
export async function startProcess(
  command: readonly string[],
  options: SpawnOptions & { readonly env?: Readonly<Record<string, string>> },
): Promise<StartedProcess> {
  const [program, ...args] = command
  if (program === undefined) throw new RangeError("A command has at least one word")
  const child = spawn(program, args, { detached: true, ...options, env: options.env ?? plainEnvironment() })
  const exited = new Promise<{ exitCode: number | undefined; signal: NodeJS.Signals | undefined }>((resolve) => {
    child.once("close", (code, signal) => resolve({ exitCode: code ?? undefined, signal: signal ?? undefined }))
  })
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve)
    child.once("error", (error) => reject(new ProcessNotStarted(program, error)))
  })
  // Later errors are failed kills and messages, which nobody waits for.
  child.on("error", () => undefined)
  const pid = child.pid as number
  return { child, pid, exited, killGroup: (signal) => signalGroup(pid, signal) }
}

/** What every tool gets unless the caller says otherwise: no locale of the user's, no library path, no secrets. */
export function plainEnvironment(): Record<string, string> {
  return {
    PATH: `${process.env["PATH"] ?? ""}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    HOME: process.env["HOME"] ?? "/",
    LC_ALL: "C.UTF-8",
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    // Gone already: what was asked for is the case.
    if (systemCode(error) !== "ESRCH") throw error
  }
}

function feed(stdin: Writable | null, input: Uint8Array | undefined): void {
  if (stdin === null || input === undefined) return
  // A program that ends without reading all its input is no error of its own: its exit code tells.
  stdin.on("error", () => undefined)
  stdin.end(input)
}

function keepFirst(stream: Readable | null, maxBytes: number): () => Buffer {
  const chunks: Buffer[] = []
  let size = 0
  stream?.on("data", (chunk: Buffer) => {
    if (size < maxBytes) chunks.push(chunk.subarray(0, maxBytes - size))
    size += chunk.length
  })
  return () => Buffer.concat(chunks)
}

function keepLast(stream: Readable | null, maxBytes: number): () => Buffer {
  let kept = Buffer.alloc(0)
  stream?.on("data", (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk])
    if (kept.length > maxBytes) kept = kept.subarray(kept.length - maxBytes)
  })
  return () => kept
}
