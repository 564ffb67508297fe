import { spawn } from "node:child_process"
import { join } from "node:path"

/**
 * The program as it lies in the source; or as it is built, where the gate names that: it starts in half of the time, and is what people run.
 */
export const MAIN = process.env["GEARTRAIN_TEST_PROGRAM"] ?? join(import.meta.dirname, "../../src/cli/main.ts")

/** What `bin/gear` gives Node, too, so that no program hangs as it ends. */
export const NODE_FLAGS = ["--no-concurrent-sparkplug"]

/** What Node made of the source, so that not every process has to do it again. It is made anew for files that change. */
export const COMPILED = join(import.meta.dirname, "../../../../node_modules/.cache/geartrain-tests")

/** A `gear` that ended. */
export interface GearResult {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

export interface GearOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  /** Called with everything that was written so far, whenever there is more. */
  readonly onOutput?: (written: {
    readonly out: string
    readonly err: string
    readonly kill: (signal: NodeJS.Signals) => void
  }) => void
}

/** Runs the real `gear` as a process of its own, with no environment but PATH and what the test says. */
export async function gear(args: readonly string[], options: GearOptions = {}): Promise<GearResult> {
  const child = spawn(process.execPath, [...NODE_FLAGS, MAIN, ...args], {
    cwd: options.cwd ?? process.cwd(),
    env: { PATH: process.env["PATH"] ?? "", NODE_COMPILE_CACHE: COMPILED, ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  })
  const written = { out: "", err: "" }
  const collect = (name: "out" | "err") => (chunk: Buffer) => {
    written[name] += chunk.toString()
    options.onOutput?.({ ...written, kill: (signal) => void child.kill(signal) })
  }
  child.stdout.on("data", collect("out"))
  child.stderr.on("data", collect("err"))
  // A program that does not read its input may be gone before it is written.
  child.stdin.on("error", () => undefined)
  child.stdin.end(options.input ?? "")
  return await new Promise((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, ...written }))
  })
}

/** Runs `gear` with a terminal at all its ends: what it prints on both streams is `out`. */
export async function gearOnTerminal(args: readonly string[], options: GearOptions = {}): Promise<GearResult> {
  const words = [process.execPath, ...NODE_FLAGS, MAIN, ...args].map((word) => `'${word}'`).join(" ")
  const child = spawn("script", ["--quiet", "--return", "--command", words, "/dev/null"], {
    cwd: options.cwd ?? process.cwd(),
    env: { PATH: process.env["PATH"] ?? "", TERM: "xterm", NODE_COMPILE_CACHE: COMPILED, ...options.env },
    stdio: ["pipe", "pipe", "ignore"],
  })
  let out = ""
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString()
    // Typed when the question stands there: earlier, nobody reads it.
    if (options.input !== undefined && out.includes("[y/N]")) child.stdin.end(options.input)
  })
  return await new Promise((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, out: out.replaceAll("\r\n", "\n"), err: "" }))
  })
}

/** The one object that a command answers with `--json`. */
export function replyOf(result: GearResult): Record<string, unknown> & { readonly ok: boolean } {
  return JSON.parse(result.out)
}

/** The code of the error that a command answered with `--json`. */
export function codeOf(result: GearResult): string | undefined {
  return (replyOf(result)["error"] as { readonly code: string } | null)?.code
}

/** The lines of a list with `--json`. */
export function itemsOf(result: GearResult): readonly Record<string, unknown>[] {
  return result.out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line))
}
