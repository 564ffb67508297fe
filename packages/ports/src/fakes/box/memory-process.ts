import type { Box } from "../../provider.ts"
import type { MemoryFiles } from "./memory-files.ts"
import { type Redirection, type ShellLine, shellLines } from "./shell-lines.ts"

/** What ends a pretended process from within. */
export class Exit {
  readonly code: number
  readonly why: "exit" | "out-of-memory" | "out-of-processes"
  constructor(code: number, why: Exit["why"] = "exit") {
    this.code = code
    this.why = why
  }
}

/** What a pretended process has to do with the world. */
export interface ProcessHost {
  readonly files: MemoryFiles
  write(stream: "stdout" | "stderr", text: string): void
  close(stream: "stdout" | "stderr"): void
  /** Resolves after a while; rejects when the process is to end. */
  sleep(ms: number): Promise<void>
  /** Sets what a signal does: `""` for nothing, otherwise lines of shell. */
  trap(signal: string, lines: string): void
}

/** The one script with a loop that the pretended shell knows. */
const FORKS = /^while sleep \d+ & do :; done$/

/** A process that is only pretended: a handful of programs, and a shell that knows a part of the language. */
export class MemoryProcess {
  readonly #box: Box
  readonly #environment: Readonly<Record<string, string>>
  readonly #host: ProcessHost

  constructor(box: Box, environment: Readonly<Record<string, string>>, host: ProcessHost) {
    this.#box = box
    this.#environment = environment
    this.#host = host
  }

  /** Runs the box's command and answers with its exit code. */
  async run(): Promise<Exit> {
    try {
      const [program, ...args] = this.#box.command
      if (program === "sh" && args[0] === "-c") return new Exit(await this.script(args[1] ?? ""))
      return new Exit(await this.#simple([program ?? "", ...args], []))
    } catch (error) {
      if (error instanceof Exit) return error
      throw error
    }
  }

  /** Runs lines of shell. @throws {Exit} when they say so. */
  async script(text: string): Promise<number> {
    if (FORKS.test(text)) return this.#fork()
    let code = 0
    let skip: (line: ShellLine) => boolean = () => false
    for (const line of shellLines(text, this.#environment)) {
      const skipped = skip(line)
      if (!skipped && line.joint !== "&") code = await this.#simple(line.words, line.redirections)
      const failed = code !== 0
      skip = () => (line.joint === "&&" && failed) || (line.joint === "||" && !failed)
    }
    return code
  }

  async #simple(words: readonly string[], redirections: readonly Redirection[]): Promise<number> {
    const [name = "", ...args] = words
    if (name === "exec") {
      for (const { from } of redirections) if (from !== "stdin") this.#host.close(from)
      return 0
    }
    const input = redirections.find(({ from }) => from === "stdin")?.to
    const result = await this.#program(name, args, input)
    return this.#put(result, redirections)
  }

  /** Sends what a program printed where it goes. */
  #put(result: Printed, redirections: readonly Redirection[]): number {
    for (const stream of ["stdout", "stderr"] as const) {
      const to = redirections.find(({ from }) => from === stream)?.to
      const text = result[stream] ?? ""
      if (to === undefined || to === "/dev/stdout") this.#host.write(stream, text)
      else if (to === "&2" || to === "&1") this.#host.write(to === "&2" ? "stderr" : "stdout", text)
      else if (!to.startsWith("/dev/") && !this.#host.files.write(this.#path(to), this.#cut(text))) return 1
    }
    return result.code ?? 0
  }

  async #program(name: string, args: readonly string[], input: string | undefined): Promise<Printed> {
    switch (name) {
      case "exit":
        throw new Exit(Number(args[0] ?? 0))
      case "true":
      case ":":
      case "wait":
        if (name === "wait") await this.#host.sleep(1e9)
        return {}
      case "sleep":
        await this.#host.sleep(Number(args[0]) * 1000)
        return {}
      case "trap":
        this.#host.trap(args[1] ?? "", args[0] ?? "")
        return {}
      case "echo":
        return { stdout: `${args.join(" ")}\n` }
      case "env":
        return { stdout: lines(Object.entries(this.#environment).map(([key, value]) => `${key}=${value}`)) }
      case "pwd":
        return { stdout: `${this.#box.workingFolder}\n` }
      case "id":
        return { stdout: `${args[0] === "-u" ? this.#box.uid : this.#box.gid}\n` }
      case "hostname":
        return { stdout: "gear\n" }
      case "umask":
        return { stdout: "0022\n" }
      case "ls":
        return { stdout: lines(this.#host.files.list(args.at(-1) ?? "/")) }
      case "cat":
        return this.#cat(args)
      case "rm":
        return { code: this.#host.files.write(this.#path(args[0] ?? ""), undefined) ? 0 : 1 }
      case "wc":
        return this.#count(input ?? args[1] ?? "", input === undefined)
      case "head":
        return { stdout: "\0".repeat(Number(args[1])) }
      case "tail":
        // Only of /dev/zero, which has no end: it takes all the memory there is.
        if (this.#box.memoryBytes !== undefined) throw new Exit(137, "out-of-memory")
        await this.#host.sleep(1e9)
        return {}
      default:
        return { code: this.#host.files.read(name) === undefined ? 127 : 126, stderr: `sh: ${name}: cannot be run\n` }
    }
  }

  #cat(paths: readonly string[]): Printed {
    const texts = paths.map((path) => this.#host.files.read(this.#path(path)))
    return { stdout: texts.join(""), code: texts.includes(undefined) ? 1 : 0 }
  }

  #count(path: string, named: boolean): Printed {
    const size = this.#host.files.read(this.#path(path))?.length
    if (size === undefined) return { code: 1 }
    return { stdout: named ? `${size} ${path}\n` : `${size}\n` }
  }

  async #fork(): Promise<number> {
    if (this.#box.processes !== undefined) throw new Exit(2, "out-of-processes")
    await this.#host.sleep(1e9)
    return 0
  }

  #cut(text: string): string {
    return this.#box.fileBytes === undefined ? text : text.slice(0, this.#box.fileBytes)
  }

  #path(path: string): string {
    return path.startsWith("/") ? path : `${this.#box.workingFolder}/${path}`
  }
}

interface Printed {
  readonly stdout?: string
  readonly stderr?: string
  readonly code?: number
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join("")
}
