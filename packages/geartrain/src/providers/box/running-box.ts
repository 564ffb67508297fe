import type { BoxExit, BoxUsage, Container } from "@geartrain/ports"
import { GeartrainError } from "@geartrain/spec"
import { delay } from "../../system/clock.ts"
import { readKernelFile } from "../../system/linux/kernel-files.ts"
import { signalName, signalNumber } from "../../system/linux/signals.ts"
import type { Backend } from "./backend.ts"
import type { BoxCgroup } from "./cgroups/box-cgroup.ts"
import { watchMemoryStall } from "./cgroups/memory-stall.ts"
import type { Holder, SlotEnd } from "./holder/holder.ts"
import type { BoxStreams } from "./launch/launch.ts"
import type { MemorySampler } from "./machine/memory-sampler.ts"
import { dispositionOf } from "./machine/signal-disposition.ts"

/** What a box that was started is made of. */
export interface BoxParts {
  readonly id: string
  /** The backend's, as this process can read it. */
  readonly folder: string
  readonly backend: Backend
  readonly holder: Holder
  readonly cgroup: BoxCgroup
  /** Absent in terminal mode. */
  readonly streams?: BoxStreams
  readonly ended: Promise<SlotEnd | undefined>
  /** What the tools said that should have started the box, nothing when they did. */
  readonly problem: () => string
  /** Undefined where control groups count. */
  readonly sampler: MemorySampler | undefined
  /** Whether the control groups hold it to a limit of memory. */
  readonly limitsMemory: boolean
  /**
   * Removes everything of the box's but its processes, which are gone.
   *
   * @param hasEnded  The box ran to an end that is known.
   */
  readonly clean: (hasEnded: boolean) => Promise<void>
}

/** A kill is done in microseconds; after this long, the box's processes are looked for and killed one by one. */
const KILL_PATIENCE_MS = 1000
/** A backend becomes the command within milliseconds: a second on a busy machine. Then it is taken for one that hangs. */
const START_TRIES = 400
const START_PAUSE_MS = 5
/** What waits for a broken disk or a lost server cannot be killed; there is no use in going on. */
const KILL_TRIES = 10
/** Tools quote paths of any length when they fail. */
const MOST_WORDS = 1000
/** What the box's script ends with before it becomes the backend. */
const CANNOT_START = 125
/** Why nothing is known of a box, or nothing can be. */
export const HELPER_KILLED = "the helper that ran it was killed"
/** What a shell says of a process that SIGKILL ended. */
const KILLED = 137

const NOTHING: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
}

/** A box that runs, or has run. */
export class RunningBox implements Container {
  readonly id: string
  readonly stdout: AsyncIterable<Uint8Array>
  readonly stderr: AsyncIterable<Uint8Array>
  readonly #parts: BoxParts
  readonly #exit: Promise<BoxExit>
  #state: "running" | "stopped" = "running"
  /** The signal that we ended the box for. */
  #endedFor: NodeJS.Signals | undefined
  /** It stood still at its memory limit, and was ended for that. */
  #hasStalled = false
  readonly #deletion = Promise.withResolvers<void>()
  #deleted: Promise<void> | undefined

  constructor(parts: BoxParts) {
    this.id = parts.id
    this.stdout = parts.streams?.stdout ?? NOTHING
    this.stderr = parts.streams?.stderr ?? NOTHING
    this.#parts = parts
    this.#exit = this.#finish()
    // Whoever waits gets the error; nobody has to wait.
    this.#exit.catch(() => undefined)
  }

  state(): "running" | "stopped" {
    return this.#state
  }

  memoryBytes(): number | undefined {
    if (this.#state === "stopped") return undefined
    const { cgroup, sampler } = this.#parts
    return sampler === undefined ? cgroup.memoryBytes() : sampler.latest()
  }

  async kill(signal: "SIGTERM" | "SIGINT" | "SIGKILL"): Promise<void> {
    if (this.#state === "stopped") return
    const { backend, folder, holder } = this.#parts
    const first = backend.firstProcess(folder)
    const status =
      first === undefined ? undefined : await this.#startedStatus(`${holder.view("/proc")}/${first}/status`)
    if (signal === "SIGKILL" || first === undefined || status === undefined) return this.#killAll(signal)
    switch (dispositionOf(status, signalNumber(signal))) {
      case "ignores":
        return
      case "delivers":
        return holder.send(`kill ${signal.slice(3)} ${first}`)
      case "ends":
        return this.#killAll(signal)
    }
  }

  wait(): Promise<BoxExit> {
    return this.#exit
  }

  delete(): Promise<void> {
    this.#deleted ??= this.#remove().finally(() => this.#deletion.resolve())
    return this.#deleted
  }

  /** Resolves when it was deleted. */
  get deleted(): Promise<void> {
    return this.#deletion.promise
  }

  /** A signal that came too early would be lost on the backend. */
  async #startedStatus(path: string): Promise<string | undefined> {
    for (let tries = 0; tries < START_TRIES; tries += 1) {
      const status = readKernelFile(path)
      if (status === undefined || !this.#parts.backend.isStarting(status)) return status
      await delay(START_PAUSE_MS)
    }
    return readKernelFile(path)
  }

  async #killAll(signal: NodeJS.Signals): Promise<void> {
    this.#endedFor ??= signal
    const { backend, cgroup, ended, folder, holder } = this.#parts
    for (let tries = 0; tries < KILL_TRIES; tries += 1) {
      // With the first process of a namespace the kernel kills all others, and the backend then ends by itself.
      const first = backend.firstProcess(folder)
      if (first !== undefined) holder.send(`kill KILL ${first}`)
      if (await resolvesWithin(first === undefined ? 10 : KILL_PATIENCE_MS, ended)) return
      await cgroup.killAll()
    }
  }

  async #finish(): Promise<BoxExit> {
    const { backend, cgroup, ended, folder, holder, sampler, streams } = this.#parts
    const stallWatch = this.#parts.limitsMemory ? this.#watchMemory() : undefined
    const end = await ended
    stallWatch?.stop()
    const peakMemoryBytes = sampler?.stop()
    // When the backend itself was killed, for want of memory perhaps, what it started may still be there.
    const isEmpty = cgroup.processes().length === 0 || (await cgroup.killAll())
    this.#state = "stopped"
    if (end === undefined) throw this.#lost(HELPER_KILLED)
    if (!isEmpty) throw this.#lost("some of its processes cannot be killed")
    const problem = end.code === CANNOT_START ? this.#parts.problem() : ""
    if (problem !== "") {
      // Nobody has opened the other ends, so that nothing would ever come.
      streams?.stdout.destroy()
      streams?.stderr.destroy()
      throw this.#lost(problem.replaceAll("\n", "; "))
    }
    const counts = {
      outOfMemory: this.#hasStalled || cgroup.memoryKills() > 0,
      ...(this.#hasStalled ? { memoryStall: true as const } : {}),
      outOfProcesses: cgroup.refusedForks() > 0,
      usage: usageOf(cgroup, end, peakMemoryBytes),
    }
    // A command that we ended for a signal ended by that signal, whatever had to be sent.
    if (this.#endedFor !== undefined && end.code === KILLED)
      return { code: 128 + signalNumber(this.#endedFor), signal: this.#endedFor, ...counts }
    const words = async (): Promise<string> => (await streams?.stderr.lastWords()) ?? ""
    if (end.code === KILLED && !counts.outOfMemory && backend.firstProcess(folder) === undefined)
      throw this.#lost("the program that should have started it was killed")
    const ending = await backend.ending(folder, end.code, words)
    // What the backend has noted of the end goes with the helper.
    if (ending.type === "failed") throw this.#lost(holder.isGone ? HELPER_KILLED : ending.words)
    const signal = ending.code > 128 ? signalName(ending.code - 128) : undefined
    return { code: ending.code, ...(signal === undefined ? {} : { signal }), ...counts }
  }

  #watchMemory(): { stop(): void } {
    const { cgroup } = this.#parts
    return watchMemoryStall(
      () => cgroup.memory(),
      () => {
        this.#hasStalled = true
        void this.#killAll("SIGKILL")
      },
    )
  }

  async #remove(): Promise<void> {
    if (this.#state === "running") await this.#killAll("SIGKILL")
    const hasEnded = await this.#exit.then(
      () => true,
      () => false,
    )
    await this.#parts.clean(hasEnded)
  }

  #lost(why: string): GeartrainError {
    const words = why.length > MOST_WORDS ? `${why.slice(0, MOST_WORDS)} …` : why
    return new GeartrainError("PROVIDER_FAILED", `Cannot run box "${this.id}": ${words}`, {
      details: { provider: this.#parts.backend.name },
      hint: "See what the provider can do here: gear doctor",
    })
  }
}

async function resolvesWithin(limitMs: number, work: Promise<unknown>): Promise<boolean> {
  const over = new AbortController()
  try {
    // Stopping the clock rejects; by then, who was first is decided.
    return await Promise.race([
      work.then(() => true),
      delay(limitMs, over.signal).then(
        () => false,
        () => true,
      ),
    ])
  } finally {
    over.abort()
  }
}

function usageOf(cgroup: BoxCgroup, end: SlotEnd, sampledPeakBytes: number | undefined): BoxUsage {
  return {
    ...(end.cpuMs === undefined ? {} : { cpuMs: end.cpuMs }),
    ...(end.readBytes === undefined ? {} : { readBytes: end.readBytes }),
    ...(end.writtenBytes === undefined ? {} : { writtenBytes: end.writtenBytes }),
    ...(sampledPeakBytes === undefined ? {} : { peakMemoryBytes: sampledPeakBytes }),
    ...cgroup.usage(),
  }
}
