import { GeartrainError } from "@geartrain/spec"
import { delay } from "../../../system/clock.ts"
import { existsSync } from "../../../system/files.ts"
import { cleanStdio, openFolder } from "../../../system/linux/descriptors.ts"
import { plainEnvironment, type StartedProcess, startProcess } from "../../../system/process.ts"
import { HOST_PROC, type HolderSetUp, holderCommand, holderScript } from "./holder-script.ts"

/** What a slot's script came to. Times and bytes are of all processes that it started; absent where the kernel does not tell. */
export interface SlotEnd {
  readonly code: number
  readonly cpuMs?: number
  readonly readBytes?: number
  readonly writtenBytes?: number
}

/** Clock ticks a second in what the kernel tells programs, on every Linux. @see proc(5), sysconf(3) _SC_CLK_TCK */
const TICKS_PER_SECOND = 100
/** It has nothing to do but to make eight mounts or so. */
const START_TIME_LIMIT_MS = 20_000
/** It kills, waits for the kernel, and removes a few folders. */
const END_TIME_LIMIT_MS = 10_000
/** So often it is asked whether what runs a slot's script is still there. */
const LOOK_INTERVAL_MS = 3_000

/** The helper process of a provider, which holds mounts and starts boxes; see `holder-script.ts`. */
export class Holder {
  readonly setUp: HolderSetUp
  readonly userNamespace: boolean
  /** On the host. */
  readonly pid: number
  readonly #process: StartedProcess
  readonly #waiting = new Map<string, (words: readonly string[] | undefined) => void>()
  /** Ends of slots that nobody has asked about yet. */
  readonly #early = new Map<string, readonly string[]>()
  #isOver = false
  #users = 0
  #ran = 0
  #looks = 0

  private constructor(process: StartedProcess, pid: number, options: HolderOptions) {
    this.#process = process
    this.pid = pid
    this.setUp = options.setUp
    this.userNamespace = options.userNamespace
  }

  /** @throws {GeartrainError} PROVIDER_UNAVAILABLE when this machine does not allow what it needs, with the words of the tool that was refused. */
  static async start(options: HolderOptions): Promise<Holder> {
    const started = await startHolder(options)
    const words = lastWords(started)
    const lines = linesOf(started)
    const first = await within(START_TIME_LIMIT_MS, lines.next())
    const [verb, detail] = first?.value?.split(" ") ?? []
    if (verb !== "ready") {
      started.killGroup("SIGKILL")
      await started.exited
      throw unavailable(words().trim() || `the helper ended in step "${detail ?? "start"}"`)
    }
    const holder = new Holder(started, Number(detail), options)
    void holder.#listen(lines)
    holder.#release()
    return holder
  }

  /** The host's path of a path in the holder's mount namespace. */
  view(path: string): string {
    return `/proc/${this.pid}/root${path}`
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Whether it has ended, also in the moment before that is told: nothing can be seen in its mount namespace any more. */
  get isGone(): boolean {
    return this.#isOver || !existsSync(this.view(this.setUp.state))
  }

  /** Does something with what lies in its mount namespace. That goes with the holder, at any moment, and then there is nothing to do. */
  async unlessGone(work: () => Promise<void> | void): Promise<void> {
    if (this.#isOver) return
    try {
      await work()
    } catch (error) {
      if (!this.isGone) throw error
    }
  }

  send(line: string): void {
    if (!this.#isOver) this.#process.child.stdin?.write(`${line}\n`)
  }

  /** Answers with the exit code. */
  async mountRoot(number: number, form: "tree" | "squashfs", path: string): Promise<number> {
    return Number((await this.#ask(`${form} ${number} ${path}`, `root ${number}`))?.[2] ?? 125)
  }

  async makePipes(from: number, to: number): Promise<void> {
    await this.#ask(`pipes ${from} ${to}`, `pipes ${from}`)
  }

  /** Runs a script, and answers with its exit code. */
  async run(script: string): Promise<number> {
    this.#ran += 1
    const tag = this.#ran
    return Number((await this.#ask(`run ${tag} ${script}`, `ran ${tag}`))?.[2] ?? 125)
  }

  /** Resolves when the slot's script has ended; with undefined, when the holder itself has, or what ran the script was killed and told nothing. */
  async slotEnd(slot: number): Promise<SlotEnd | undefined> {
    const key = `end ${slot}`
    const words = this.#early.get(key) ?? (await this.#toldEnd(slot, key))
    this.#early.delete(key)
    return words === undefined ? undefined : slotEndOf(words)
  }

  /** Whether the slot's script has ended, and nobody has asked about it yet. */
  hasEnded(slot: number): boolean {
    return this.#early.has(`end ${slot}`)
  }

  /** Ends what runs and the mounts. The groups and the state folder are the caller's to remove: only when he dies, the holder does that, too. */
  async end(): Promise<void> {
    // For good: the program would end by itself while it waits for nothing but this.
    this.#hold()
    this.send("quit")
    this.#process.child.stdin?.end()
    if ((await within(END_TIME_LIMIT_MS, this.#process.exited)) === undefined) this.#process.killGroup("SIGKILL")
    await this.#process.exited
  }

  async #toldEnd(slot: number, key: string): Promise<readonly string[] | undefined> {
    const told = this.#answer(key)
    const over = new AbortController()
    void this.#watchSlot(slot, key, over.signal)
    return await told.finally(() => over.abort())
  }

  /** What a slot had told before it was killed has come by the time that it is known to be gone. */
  async #watchSlot(slot: number, key: string, over: AbortSignal): Promise<void> {
    for (;;) {
      // Stopping the clock rejects; it is over then.
      await delay(LOOK_INTERVAL_MS, over).catch(() => undefined)
      if (over.aborted) return
      this.#looks += 1
      const words = await this.#ask(`look ${this.#looks} ${slot}`, `look ${this.#looks}`)
      if (over.aborted || words === undefined) return
      if (words[2] !== "0") this.#waiting.get(key)?.(undefined)
    }
  }

  async #ask(line: string, answer: string): Promise<readonly string[] | undefined> {
    const words = this.#answer(answer)
    this.send(line)
    return words
  }

  #answer(key: string): Promise<readonly string[] | undefined> {
    if (this.#isOver) return Promise.resolve(undefined)
    this.#hold()
    return new Promise((resolve) =>
      this.#waiting.set(key, (words) => {
        this.#waiting.delete(key)
        this.#release()
        resolve(words)
      }),
    )
  }

  async #listen(lines: AsyncIterable<string>): Promise<void> {
    for await (const line of lines) {
      const words = line.split(" ")
      const key = `${words[0]} ${words[1]}`
      const tell = this.#waiting.get(key)
      if (tell !== undefined) tell(words)
      else if (words[0] === "end") this.#early.set(key, words)
    }
    this.#isOver = true
    for (const tell of this.#waiting.values()) tell(undefined)
  }

  /** While somebody waits for an answer, the program does not end by itself; when nobody does, the holder is no reason to stay. */
  #hold(): void {
    this.#users += 1
    if (this.#users === 1) refer(this.#process, true)
  }

  #release(): void {
    this.#users = Math.max(0, this.#users - 1)
    if (this.#users === 0) refer(this.#process, false)
  }
}

export interface HolderOptions {
  readonly setUp: HolderSetUp
  /** Whether the caller has to become root of a user namespace. */
  readonly userNamespace: boolean
}

async function startHolder(options: HolderOptions): Promise<StartedProcess> {
  const command = holderCommand(holderScript(options.setUp), options.userNamespace)
  const proc = openFolder("/proc")
  const { stdio, close } = cleanStdio("pipe", new Map([[HOST_PROC, proc.fd]]))
  try {
    const started = await startProcess(command, { stdio: [...stdio], env: plainEnvironment(), cwd: "/" })
    // Where the holder is gone, its end is what tells.
    started.child.stdin?.on("error", () => undefined)
    return started
  } finally {
    close()
    proc.close()
  }
}

/** Resolves with undefined when it takes longer. */
async function within<Result>(limitMs: number, work: Promise<Result>): Promise<Result | undefined> {
  const over = new AbortController()
  try {
    // Stopping the clock rejects; that is no error of the work's.
    return await Promise.race([work, delay(limitMs, over.signal).catch(() => undefined) as Promise<undefined>])
  } finally {
    over.abort()
  }
}

function refer(started: StartedProcess, wanted: boolean): void {
  const { child } = started
  for (const part of [child, child.stdin, child.stdout, child.stderr]) {
    const handle = part as { ref?: () => void; unref?: () => void } | null
    if (wanted) handle?.ref?.()
    else handle?.unref?.()
  }
}

async function* linesOf(started: StartedProcess): AsyncGenerator<string, undefined> {
  let rest = ""
  for await (const chunk of started.child.stdout ?? []) {
    const lines = (rest + (chunk as Buffer).toString("utf8")).split("\n")
    rest = lines.pop() ?? ""
    yield* lines
  }
  return undefined
}

/** The end of what the holder's tools have said, for the explanation of a failure. */
function lastWords(started: StartedProcess): () => string {
  let words = ""
  started.child.stderr?.on("data", (chunk: Buffer) => {
    words = (words + chunk.toString("utf8")).slice(-2000)
  })
  return () => words
}

function slotEndOf(words: readonly string[]): SlotEnd {
  const [, , code, user, system, read, written] = words.map(Number)
  const cpuMs = (((user ?? Number.NaN) + (system ?? Number.NaN)) * 1000) / TICKS_PER_SECOND
  return {
    code: code ?? 125,
    ...(Number.isNaN(cpuMs) ? {} : { cpuMs }),
    ...(read === undefined || Number.isNaN(read) ? {} : { readBytes: read }),
    ...(written === undefined || Number.isNaN(written) ? {} : { writtenBytes: written }),
  }
}

function unavailable(why: string): GeartrainError {
  return new GeartrainError("PROVIDER_UNAVAILABLE", `Cannot prepare boxes: ${why.replaceAll("\n", "; ")}`)
}
