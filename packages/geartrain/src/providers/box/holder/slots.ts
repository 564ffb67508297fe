import type { Socket } from "node:net"
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
  readonly stdout: Socket
  readonly stderr: Socket
  /** When the script has ended. Undefined when the holder has. */
  readonly ended: Promise<SlotEnd | undefined>
}

/** What slots run before anybody takes them. */
export interface EarlyScripts {
  /** Writes the script of a slot, and answers with its path. */
  prepare(slot: Slot): string
  /** The script of a slot did not end well: the next must not come upon what it may have left. */
  rename(slot: Slot): void
}

export interface SlotsOptions {
  /** Groups for the first slot, which are made while the holder starts: so its process is moved while other things are done. */
  readonly first: Promise<BoxGroups>
  /** Absent: slots wait for the scripts of their boxes. */
  readonly early?: EarlyScripts
}

/** So many slots are made at once when boxes come one after the other… */
const SPARES = 3
/** …and again when fewer are left than this: one that is taken has to have come into its groups by then. */
const LEAST_SPARES = 3
/** Pipes are made for so many slots at once. */
export const SLOTS_AT_ONCE = 8

/** A slot whose script was begun: its pipes are open. */
interface Begun {
  readonly go: { close(): void }
  readonly stdout: Socket
  readonly stderr: Socket
}

/**
 * Makes slots ahead of time. Moving a process into a control group waits for the kernel for 10 ms and more, unless another move was just
 * before; but it costs no CPU time. So it is done before a box is wanted, and for several at once.
 */
export class Slots {
  readonly #holder: Holder
  readonly #cgroups: Cgroups
  readonly #early: EarlyScripts | undefined
  readonly #spares: Promise<Slot>[] = []
  readonly #free: number[] = []
  readonly #begun = new Map<Slot, Begun>()
  #first: Promise<BoxGroups> | undefined
  #growing: Promise<void> | undefined
  #pipes = 0
  #taken = 0

  constructor(holder: Holder, cgroups: Cgroups, options: SlotsOptions) {
    this.#holder = holder
    this.#cgroups = cgroups
    this.#early = options.early
    this.#first = options.first
    this.#add(holder.setUp.slots)
    this.#spare(1)
  }

  /** A slot that was made ahead of time. Where there are early scripts, its own runs already. */
  async take(): Promise<Slot> {
    this.#taken += 1
    for (let left = SLOTS_AT_ONCE; ; left -= 1) {
      const slot = await this.#takeSpare()
      // Killed while it waited, for want of memory perhaps. Where that goes on, whoever starts the box is told.
      if (left === 0 || !this.#holder.hasEnded(slot.number)) return slot
      await this.#bury(slot)
    }
  }

  async #takeSpare(): Promise<Slot> {
    if (this.#spares.length === 0) {
      await this.#needFree()
      this.#spare(1)
    }
    const slot = this.#spares.shift()
    // The first box may be the only one.
    if (this.#taken > 1 && this.#spares.length < LEAST_SPARES) this.#spare(this.#spares.length + SPARES)
    return slot ?? this.#takeSpare()
  }

  /** A slot that waits for its script, whatever others do. */
  async takeWaiting(): Promise<Slot> {
    if (this.#early === undefined) return this.take()
    await this.#needFree()
    const number = this.#free.pop()
    return number === undefined ? this.takeWaiting() : this.#make(number)
  }

  /** Runs a script, by its path, in a slot that waits for one. */
  run(slot: Slot, script: string): RunningSlot {
    return this.#follow(slot, this.#begin(slot, script))
  }

  /** What goes on in a slot whose early script runs. */
  follow(slot: Slot): RunningSlot {
    const begun = this.#begun.get(slot)
    if (begun === undefined) throw new TypeError(`Nothing was begun in slot ${slot.number}`)
    this.#begun.delete(slot)
    for (const stream of [begun.stdout, begun.stderr]) stream.ref()
    return this.#follow(slot, begun)
  }

  /** What the tools said that should have started the box in a slot. */
  problem(slot: Slot): string {
    return (readKernelFile(this.#path(slot, "problem")) ?? "").trim()
  }

  /** Gives the pipes of a slot, whose box is gone and whose pipes nobody reads any more, to another. */
  release(slot: Slot): void {
    this.#free.push(slot.number)
  }

  /** Closes what was opened for slots that nobody took. The holder has ended. */
  close(): void {
    for (const { go, stdout, stderr } of this.#begun.values()) {
      go.close()
      stdout.destroy()
      stderr.destroy()
    }
    this.#begun.clear()
  }

  #spare(count: number): void {
    for (let number = this.#free.pop(); number !== undefined; number = this.#free.pop()) {
      const slot = this.#makeAhead(number)
      // Whoever takes it gets the error.
      slot.catch(() => undefined)
      if (this.#spares.push(slot) >= count) return
    }
  }

  async #makeAhead(number: number): Promise<Slot> {
    const slot = await this.#make(number)
    if (this.#early === undefined || this.#holder.isOver) return slot
    const begun = this.#begin(slot, this.#early.prepare(slot))
    // While nobody wants it, it is no reason for the program to stay.
    for (const stream of [begun.stdout, begun.stderr]) stream.unref()
    this.#begun.set(slot, begun)
    return slot
  }

  async #make(number: number): Promise<Slot> {
    const making = this.#first ?? this.#cgroups.make()
    this.#first = undefined
    const { name: group, cgroup } = await making
    this.#holder.send(`slot ${number} ${group}`)
    const pipe = `${this.#holder.setUp.state}/${number}`
    return { number, group, cgroup, outputs: { stdout: `${pipe}.out`, stderr: `${pipe}.err` } }
  }

  #begin(slot: Slot, script: string): Begun {
    const go = fillPipe(this.#path(slot, "go"), `${script}\n`)
    let stdout: Socket | undefined
    try {
      stdout = openPipe(this.#path(slot, "out"))
      return { go, stdout, stderr: openPipe(this.#path(slot, "err")) }
    } catch (error) {
      // The holder was killed meanwhile. A pipe that is open would hold the program for ever: nobody is left to end it.
      go.close()
      stdout?.destroy()
      throw error
    }
  }

  #follow(slot: Slot, { go, stdout, stderr }: Begun): RunningSlot {
    return { stdout, stderr, ended: this.#holder.slotEnd(slot.number).finally(() => go.close()) }
  }

  async #bury(slot: Slot): Promise<void> {
    const begun = this.#begun.get(slot)
    this.#begun.delete(slot)
    await this.#holder.slotEnd(slot.number)
    begun?.go.close()
    begun?.stdout.destroy()
    begun?.stderr.destroy()
    this.#early?.rename(slot)
    await slot.cgroup.remove()
    this.release(slot)
  }

  async #needFree(): Promise<void> {
    while (this.#free.length === 0) {
      this.#growing ??= this.#grow()
      await this.#growing
    }
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
