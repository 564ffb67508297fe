import type { Box, BoxExit, Container } from "../../provider.ts"
import { type HostFiles, MemoryFiles } from "./memory-files.ts"
import { Exit, MemoryProcess } from "./memory-process.ts"
import { TextStream } from "./text-stream.ts"

const NUMBERS: Readonly<Record<string, number>> = { SIGINT: 2, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 }

/** A box that is only pretended. */
export class MemoryContainer implements Container {
  readonly id: string
  readonly stdout = new TextStream()
  readonly stderr = new TextStream()
  readonly #process: MemoryProcess
  readonly #traps = new Map<string, string>()
  readonly #ended = Promise.withResolvers<BoxExit>()
  /** Rejected by what ends the process from outside. */
  #interrupt: (reason: Exit) => void = () => undefined
  #state: "running" | "stopped" = "running"

  constructor(box: Box, host: HostFiles) {
    this.id = box.id
    const environment = { PWD: box.workingFolder, HOME: "/", ...box.environment }
    this.#process = new MemoryProcess(box, environment, {
      files: new MemoryFiles(host, { ...box, root: box.root.path }),
      write: (stream, text) => this[stream].write(text),
      close: (stream) => this[stream].end(),
      sleep: (ms) => this.#sleep(ms),
      trap: (signal, lines) => void this.#traps.set(`SIG${signal}`, lines),
    })
    void this.#process.run().then((exit) => this.#end(exit))
  }

  state(): "running" | "stopped" {
    return this.#state
  }

  memoryBytes(): number | undefined {
    return this.#state === "running" ? 1024 * 1024 : undefined
  }

  async kill(signal: "SIGTERM" | "SIGINT" | "SIGKILL"): Promise<void> {
    if (this.#state === "stopped") return
    const handler = signal === "SIGKILL" ? undefined : this.#traps.get(signal)
    if (handler === "") return
    if (handler === undefined) return this.#end(new Exit(128 + (NUMBERS[signal] ?? 0)))
    // A handler that does not end the process is not pretended.
    await this.#process.script(handler).catch((exit: Exit) => this.#interrupt(exit))
  }

  wait(): Promise<BoxExit> {
    return this.#ended.promise
  }

  async delete(): Promise<void> {
    await this.kill("SIGKILL")
  }

  #end(exit: Exit): void {
    this.#state = "stopped"
    this.#interrupt(exit)
    this.stdout.end()
    this.stderr.end()
    const signal = Object.keys(NUMBERS).find((name) => NUMBERS[name] === exit.code - 128)
    this.#ended.resolve({
      code: exit.code,
      ...(signal === undefined ? {} : { signal }),
      outOfMemory: exit.why === "out-of-memory",
      outOfProcesses: exit.why === "out-of-processes",
      usage: { cpuMs: 1, peakMemoryBytes: 1024 * 1024 },
    })
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      // It was killed before it came here: nobody is left who would interrupt it.
      if (this.#state === "stopped") return reject(new Exit(128 + 9))
      const timer = setTimeout(resolve, Math.min(ms, 2 ** 30))
      this.#interrupt = (exit) => {
        clearTimeout(timer)
        reject(exit)
      }
    })
  }
}
