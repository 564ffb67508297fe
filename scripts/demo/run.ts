import { spawn } from "node:child_process"
import { accessSync, constants, type WriteStream } from "node:fs"
import { delimiter, join } from "node:path"
import { pipeline } from "node:stream/promises"

export interface RunOptions {
  /** The whole environment, besides proxies and the folder for temporary files; absent: that of this process. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Default 30 minutes. */
  readonly timeoutMs?: number
  /** Where stdout goes; absent: it is the answer. */
  readonly stdout?: WriteStream
}

/** A program that ended with another code than 0. */
export class RunFailure extends Error {
  readonly stdout: string
  constructor(message: string, stdout: string) {
    super(message)
    this.stdout = stdout
  }
}

/**
 * Runs a program quietly to its end.
 *
 * @returns what it wrote to stdout.
 * @throws {RunFailure} with the last lines that it wrote, when it fails.
 */
export function run(command: readonly string[], options: RunOptions = {}): Promise<string> {
  const [program = "", ...args] = command
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ["ignore", "pipe", "pipe"],
      timeout: options.timeoutMs ?? 30 * 60_000,
      env: options.env === undefined ? { ...process.env, PATH: searchPath() } : { ...ofTheNetwork(), ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    const written = options.stdout === undefined ? undefined : pipeline(child.stdout, options.stdout)
    // Told when the program has ended.
    written?.catch(() => undefined)
    if (written === undefined) child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk))
    child.on("error", reject)
    child.on("close", (code, signal) => {
      const text = Buffer.concat(stdout).toString()
      if (code === 0) return Promise.resolve(written).then(() => resolve(text), reject)
      const said = `${text}${Buffer.concat(stderr)}`.trim().split("\n").slice(-20).join("\n")
      reject(new RunFailure(`${program} failed (${signal ?? `exit code ${code}`}):\n${said}`, text))
    })
  })
}

export function isCommand(name: string): boolean {
  return searchPath()
    .split(delimiter)
    .some((folder) => {
      try {
        accessSync(join(folder, name), constants.X_OK)
        return true
      } catch {
        // Not in this folder.
        return false
      }
    })
}

function ofTheNetwork(): NodeJS.ProcessEnv {
  const names = ["http_proxy", "https_proxy", "no_proxy", "TMPDIR"]
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => names.includes(name)))
}

/** Tools for administrators are not on everybody's PATH. */
function searchPath(): string {
  return `${process.env["PATH"] ?? ""}:/usr/local/sbin:/usr/sbin:/sbin`
}
