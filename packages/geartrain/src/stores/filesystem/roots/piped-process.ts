import type { Readable, Writable } from "node:stream"
import { GeartrainError } from "@geartrain/spec"
import { ProcessNotStarted, type StartedProcess, startProcess } from "../../../system/process.ts"

/** A tool that reads what is written to it. */
export interface PipedProcess {
  /** Resolves when the tool has taken the bytes, whose buffer is the caller's again then. False when it takes no more. */
  write(bytes: Uint8Array): Promise<boolean>
  /** Ends its input, and answers with how it ended. */
  finish(): Promise<{ readonly succeeded: boolean; readonly stderr: string }>
  /** Kills it, and waits until it is gone. */
  abort(): Promise<void>
}

/** @throws {GeartrainError} STORE_TOOL_MISSING. */
export async function startPiped(
  command: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly debianPackage: string },
): Promise<PipedProcess> {
  const started = await startTool(command, { ...options, stdio: ["pipe", "ignore", "pipe"] })
  const stdin = started.child.stdin as Writable
  const stderr = lastWords(started.child.stderr as Readable)
  let open = true
  // It ended without reading everything: how it ended tells more than the broken pipe.
  stdin.on("error", () => {
    open = false
  })
  return {
    write: (bytes) =>
      open
        ? new Promise((resolve) => {
            stdin.write(bytes, (error) => resolve(error === null || error === undefined))
          })
        : Promise.resolve(false),
    finish: async () => {
      stdin.end()
      const { exitCode } = await started.exited
      return { succeeded: exitCode === 0, stderr: stderr() }
    },
    abort: async () => {
      started.killGroup("SIGKILL")
      await started.exited
    },
  }
}

/**
 * Runs a tool and hands out what it prints, as it comes. It is killed when the reader stops early.
 *
 * @param failed  Makes the error for a tool that failed, from its last words.
 * @throws {GeartrainError} STORE_TOOL_MISSING.
 */
export async function* outputOf(
  command: readonly string[],
  options: { readonly debianPackage: string; readonly failed: (stderr: string) => Error },
): AsyncGenerator<Uint8Array> {
  const started = await startTool(command, { ...options, stdio: ["ignore", "pipe", "pipe"] })
  const stderr = lastWords(started.child.stderr as Readable)
  let ended = false
  try {
    yield* started.child.stdout as Readable
    const { exitCode } = await started.exited
    ended = true
    if (exitCode !== 0) throw options.failed(stderr())
  } finally {
    if (!ended) started.killGroup("SIGKILL")
    await started.exited
  }
}

async function startTool(
  command: readonly string[],
  options: {
    readonly env?: Readonly<Record<string, string>>
    readonly debianPackage: string
    readonly stdio: ("pipe" | "ignore")[]
  },
): Promise<StartedProcess> {
  try {
    return await startProcess(command, {
      stdio: options.stdio,
      ...(options.env === undefined ? {} : { env: options.env }),
    })
  } catch (error) {
    if (!(error instanceof ProcessNotStarted)) throw error
    throw toolMissing(error.program, options.debianPackage, error)
  }
}

function toolMissing(program: string, debianPackage: string, cause: unknown): GeartrainError {
  return new GeartrainError("STORE_TOOL_MISSING", `Cannot run "${program}": it is not installed`, {
    details: { program, package: debianPackage },
    hint: `Install it, on Debian with: apt-get install ${debianPackage}`,
    cause,
  })
}

const MOST_WORDS = 4096

function lastWords(stream: Readable): () => string {
  let kept = Buffer.alloc(0)
  stream.on("data", (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]).subarray(-MOST_WORDS)
  })
  return () => kept.toString("utf8")
}
