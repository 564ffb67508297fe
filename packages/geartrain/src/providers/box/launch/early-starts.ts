import { existsSync } from "../../../system/files.ts"
import { feedPipe } from "../../../system/linux/pipes.ts"
import {
  emptySmallFolder,
  linkAtOnce,
  makeFolderOf,
  replaceSmallFile,
  writeSmallFile,
} from "../../../system/linux/small-folders.ts"
import type { EarlyStart } from "../backend.ts"
import type { Holder } from "../holder/holder.ts"
import type { EarlyScripts, Slot } from "../holder/slots.ts"
import { boxScript } from "./box-script.ts"

const SCRIPT = "start.sh"

/**
 * Backends that are started before their boxes are known, one a slot: to load a program is half of what it takes to start a box.
 *
 *   <state>/early/<slot>/   where the backend runs and keeps its files
 *     start.sh              becomes the backend; the same each time
 *     config.json           what the backend waits for, under the name that it wants: at first a link to a pipe that nobody writes to,
 *                           then the file
 *
 * A backend that waits at the pipe is given the same text there; some read it again from the file. One that has not come so far finds the file.
 */
export class EarlyStarts implements EarlyScripts {
  readonly #holder: Holder
  readonly #early: EarlyStart
  /** Numbers of slots whose script is there. */
  readonly #scripts = new Set<number>()
  #made = 0

  constructor(holder: Holder, early: EarlyStart) {
    this.#holder = holder
    this.#early = early
  }

  /** Makes the folder of a slot, unless one before it has, and answers with the path of its script. */
  prepare(slot: Slot): string {
    const folder = this.folder(slot)
    const view = this.#holder.view(folder)
    if (!this.#scripts.has(slot.number)) this.#make(slot, view)
    linkAtOnce(`${view}/${this.#early.file}`, `${this.#holder.setUp.state}/${slot.number}.gate`)
    return `${folder}/${SCRIPT}`
  }

  /** In the holder's mount namespace. */
  folder(slot: Slot): string {
    return `${this.#holder.setUp.state}/early/${slot.number}`
  }

  /** Removes what a backend had that has ended: the gear's environment is in it. */
  async tidy(slot: Slot): Promise<void> {
    const view = this.#holder.view(this.folder(slot))
    await this.#holder.unlessGone(() => {
      if (existsSync(view)) emptySmallFolder(view, { but: [SCRIPT] })
    })
  }

  /** What a backend may have left is under its name: the next in this slot gets another. */
  rename(slot: Slot): void {
    this.#scripts.delete(slot.number)
  }

  /**
   * Puts the file there that the backend of a slot waits for. Answers whether it was waiting: otherwise it will find the file, unless it was about
   * to wait in this moment; so `wake` until it has begun.
   */
  release(slot: Slot, content: Uint8Array): boolean {
    const path = `${this.#holder.view(this.folder(slot))}/${this.#early.file}`
    replaceSmallFile(path, content, 0o600)
    return this.wake(slot, content)
  }

  /** Answers whether the backend of a slot was waiting at the pipe. */
  wake(slot: Slot, content: Uint8Array): boolean {
    try {
      return feedPipe(this.#holder.view(`${this.#holder.setUp.state}/${slot.number}.gate`), content)
    } catch (error) {
      // Nobody waits at a pipe that went with the holder; that it is gone is told to whoever waits for the box.
      if (this.#holder.isGone) return false
      throw error
    }
  }

  #make(slot: Slot, view: string): void {
    const folder = this.folder(slot)
    makeFolderOf(view, { mode: 0o700 })
    emptySmallFolder(view)
    this.#made += 1
    const at = { folder, state: this.#holder.setUp.state, id: `early-${this.#made}` }
    const words = this.#early.command(at)
    writeSmallFile(`${view}/${SCRIPT}`, boxScript({ folder, outputs: slot.outputs, command: { words } }), 0o600)
    this.#scripts.add(slot.number)
  }
}
