import type { Readable } from "node:stream"
import { readKernelFile } from "../../../system/linux/kernel-files.ts"
import { fillPipe, openPipe } from "../../../system/linux/pipes.ts"
import type { BoxCgroup } from "../cgroups/box-cgroup.ts"
import type { BoxGroups, Cgroups } from "../cgroups/cgroups.ts"
import type { Holder, SlotEnd } from "./holder.ts"

/** A process of the holder's that waits, in control groups of its own, to become a box. Used once. */
export interface Slot {
  readonly number: number
  /** Folder of its groups, by name, in each place of control groups. */
  readonly group: string
  readonly cgroup: BoxCgroup
  /** Where the box has to write, in the holder's view. */
  readonly outputs: { readonly stdout: string; readonly stderr: string }
}

/** A slot whose script runs. */
export interface RunningSlot {
  readonly stdout: Readable
  readonly stderr: Readable
  /** When the script has ended. Undefined when the holder has. */
  readonly ended: Promise<SlotEnd | undefined>
}

/** So many slots are made at once when boxes come one after the other… */
const SPARES = 3
/** …and again when fewer are left than this: one that is taken has to have come into its groups by then. */
const LEAST_SPARES = 3
/** Pipes are made for so many slots at once. */
export const SLOTS_AT_ONCE = 8

/**
 * Makes slots ahead of time. Moving a process into a control group waits for the kernel for 10 ms and more, unless another move was just
 * before; but it costs no CPU time. So it is done before a box is wanted, and for several at once.
 */
export class Slots {
  readonly #holder: Holder
  readonly #cgroups: Cgroups
  readonly #spares: Promise<Slot>[] = []
  readonly #free: number[] = []
  #first: Promise<BoxGroups> | undefined
  #growing: Promise<void> | undefined
  #pipes = 0
  #taken = 0

  /** @param first  Groups for the first slot, which are made while the holder starts: so its process is moved while other things are done. */
  constructor(holder: Holder, cgroups: Cgroups, first: Promise<BoxGroups>) {
    this.#holder = holder
    this.#cgroups = cgroups
    this.#first = first
    this.#add(holder.setUp.slots)
    this.#spare(1)
  }

  async take(): Promise<Slot> {
    this.#taken += 1
    if (this.#spares.length === 0) {
      while (this.#free.length === 0) {
        this.#growing ??= this.#grow()
        await this.#growing
      }
      this.#spare(1)
    }
    const slot = this.#spares.shift()
    // The first box may be the only one.
    if (this.#taken > 1 && this.#spares.length < LEAST_SPARES) this.#spare(this.#spares.length + SPARES)
    return slot ?? this.take()
  }

  /** Runs a script, by its path, in a slot. */
  run(slot: Slot, script: string): RunningSlot {
    const go = fillPipe(this.#path(slot, "go"), `${script}\n`)
    const stdout = openPipe(this.#path(slot, "out"))
    const stderr = openPipe(this.#path(slot, "err"))
    return { stdout, stderr, ended: this.#holder.slotEnd(slot.number).finally(() => go.close()) }
  }

  /** What the tools said that should have started the box in a slot. */
  problem(slot: Slot): string {
    return (readKernelFile(this.#path(slot, "problem")) ?? "").trim()
  }

  /** Gives the pipes of a slot, whose box is gone and whose pipes nobody reads any more, to another. */
  release(slot: Slot): void {
    this.#free.push(slot.number)
  }

  #spare(count: number): void {
    for (let number = this.#free.pop(); number !== undefined; number = this.#free.pop()) {
      const slot = this.#make(number)
      // Whoever takes it gets the error.
      slot.catch(() => undefined)
      if (this.#spares.push(slot) >= count) return
    }
  }

  async #make(number: number): Promise<Slot> {
    const making = this.#first ?? this.#cgroups.make()
    this.#first = undefined
    const { name: group, cgroup } = await making
    this.#holder.send(`slot ${number} ${group}`)
    const pipe = `${this.#holder.setUp.state}/${number}`
    return { number, group, cgroup, outputs: { stdout: `${pipe}.out`, stderr: `${pipe}.err` } }
  }

  async #grow(): Promise<void> {
    const until = this.#pipes + SLOTS_AT_ONCE
    await this.#holder.makePipes(this.#pipes, until)
    this.#add(until - this.#pipes)
    this.#growing = undefined
  }

  #add(count: number): void {
    for (let number = this.#pipes + count - 1; number >= this.#pipes; number -= 1) this.#free.push(number)
    this.#pipes += count
  }

  #path(slot: Slot, end: "go" | "out" | "err" | "problem"): string {
    return this.#holder.view(`${this.#holder.setUp.state}/${slot.number}.${end}`)
  }
}
