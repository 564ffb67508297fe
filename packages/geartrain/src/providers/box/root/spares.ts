import { basename } from "node:path"
import type { Box } from "@geartrain/ports"
import { nowMs } from "../../../system/clock.ts"
import { rmdir } from "../../../system/files.ts"
import {
  changedNs,
  emptySmallFolder,
  moveAtOnce,
  pointAtOnce,
  writeSmallFile,
} from "../../../system/linux/small-folders.ts"
import type { Holder } from "../holder/holder.ts"
import { type BoxFolder, makeBoxFolder, removeBoxFolder } from "./box-folder.ts"
import { type OverlayParts, overlayOptions } from "./overlay.ts"
import type { MountedRoot } from "./roots.ts"

/** So many are mounted by one program, which takes longer to start than to mount. */
const MOUNTED_AT_ONCE = 3
/** So many may wait for a box, of all kinds: a few more than a machine's jobs of one gear that come and go. */
const MOST_SPARES = 12
/** The kernel's clock for changes of files goes on at least so often. */
const LONGEST_TICK_MS = 10

/** What makes the root filesystem of a box. Equal ones are mounted alike. */
export interface Overlay extends OverlayParts {
  readonly root: MountedRoot
}

/** A mounted root filesystem whose layer is as it was made. */
interface Spare {
  readonly key: string
  readonly root: MountedRoot
  /** With the layer where it waits. */
  readonly folder: BoxFolder
  /** When the layer was last changed: by its being mounted. */
  readonly changedNs: bigint
}

/** A spare that a box has. */
interface Taken {
  readonly spare: Spare
  readonly sinceMs: number
}

export interface SparesOptions {
  /** Makes nothing; answers with a folder that nobody has. */
  readonly newFolder: () => Pick<BoxFolder, "inside" | "view">
  /** Whether this process may make folders of other owners. */
  readonly givesAway: boolean
}

/**
 * Root filesystems that are mounted before a box wants them, from the second of their kind on.
 *
 * A box that wrote nothing into its root filesystem leaves it as it was mounted, and then the next box gets it. That is told by the layer's
 * uppermost folder: whatever is written anywhere in an overlay changes that folder, and no box can set back the time that the kernel notes for it.
 *
 *   <Box.spares>/<provider's>/<n>/   layer number n while it waits; while a box has it, it is in the box's own folder
 */
export class Spares {
  readonly #holder: Holder
  readonly #options: SparesOptions
  /** The longest unused first. */
  readonly #waiting: Spare[] = []
  readonly #taken = new Map<BoxFolder, Taken>()
  /** Kinds that were asked for before. */
  readonly #kinds = new Set<string>()
  #mounting: Promise<void> | undefined
  /** The disk, or the machine, does not do it. */
  #isRefused = false
  #folder: { readonly shared: string; readonly own: string } | undefined
  #made = 0

  constructor(holder: Holder, options: SparesOptions) {
    this.#holder = holder
    this.#options = options
  }

  /** The folder of a spare, that is the box's now; undefined when there is none. */
  take(overlay: Overlay, box: Box): BoxFolder | undefined {
    if (box.spares === undefined || this.#isRefused) return undefined
    const key = JSON.stringify([box.spares, overlay.lowers])
    const index = this.#waiting.findLastIndex((spare) => spare.key === key)
    const [spare] = index < 0 ? [] : this.#waiting.splice(index, 1)
    if (spare !== undefined) return this.#handOut(spare, box)
    // The first box may be the only one.
    if (this.#kinds.has(key)) this.#mounting ??= this.#mount(key, overlay, box.spares)
    this.#kinds.add(key)
    return undefined
  }

  /** Takes back what a box had whose last process is gone. Answers whether it is as it was before: otherwise it is the caller's to remove. */
  keep(folder: BoxFolder): boolean {
    const taken = this.#taken.get(folder)
    this.#taken.delete(folder)
    if (taken === undefined || this.#holder.isOver || !isUntouched(folder, taken)) return false
    const { spare } = taken
    try {
      emptySmallFolder(folder.view, { but: ["root", "layer"] })
      pointAtOnce(`${folder.view}/layer`, spare.folder.layer)
      moveAtOnce(folder.layer, spare.folder.layer)
    } catch {
      // The box's own folder is gone, or the holder is; nobody needs it so much.
      return false
    }
    this.#waiting.push(spare)
    this.#letGo()
    return true
  }

  /** Removes those that are made of a root filesystem, and waits for those that are being made. No box of it runs. */
  async forget(root: MountedRoot): Promise<void> {
    await this.#mounting
    const gone = this.#waiting.filter((spare) => spare.root === root)
    for (const spare of gone) this.#waiting.splice(this.#waiting.indexOf(spare), 1)
    for (const { key } of gone) this.#kinds.delete(key)
    for (const { folder } of gone) await removeBoxFolder(folder, this.#holder)
  }

  /** The holder has ended. */
  async close(): Promise<void> {
    await this.#mounting
    for (const { folder } of this.#waiting.splice(0)) await removeBoxFolder(folder, this.#holder)
    const { own, shared } = this.#folder ?? {}
    // Other providers may have theirs in it.
    for (const path of [own, shared]) if (path !== undefined) await rmdir(path).catch(() => undefined)
  }

  #handOut(spare: Spare, box: Box): BoxFolder | undefined {
    const folder = { ...spare.folder, layer: `${box.folder}/layer` }
    try {
      pointAtOnce(`${folder.view}/layer`, folder.layer)
      moveAtOnce(spare.folder.layer, folder.layer)
    } catch {
      // Another disk than the box's, or somebody has removed it: it is made anew for the box.
      this.#isRefused = true
      this.#waiting.push(spare)
      return undefined
    }
    this.#taken.set(folder, { spare, sinceMs: nowMs() })
    return folder
  }

  async #mount(key: string, overlay: Overlay, shared: string): Promise<void> {
    const spares: BoxFolder[] = []
    try {
      const own = `${shared}/${basename(this.#holder.setUp.folder)}`
      this.#folder = { shared, own }
      for (let count = 0; count < MOUNTED_AT_ONCE; count += 1) {
        this.#made += 1
        const folder = { ...this.#options.newFolder(), layer: `${own}/${this.#made}` }
        spares.push(folder)
        await makeBoxFolder(folder, overlay.root, this.#options.givesAway)
      }
      if ((await this.#mountAll(spares, overlay)) !== 0) this.#isRefused = true
      for (const folder of this.#isRefused ? [] : spares.splice(0)) {
        const changed = changedNs(`${folder.layer}/upper`)
        if (changed === undefined) spares.push(folder)
        else this.#waiting.push({ key, root: overlay.root, folder, changedNs: changed })
      }
    } catch {
      // A full disk, or the holder is gone: whoever starts a box is told.
      this.#isRefused = true
    } finally {
      for (const folder of spares) await removeBoxFolder(folder, this.#holder).catch(() => undefined)
      this.#letGo()
      this.#mounting = undefined
    }
  }

  #mountAll(spares: readonly BoxFolder[], overlay: Overlay): Promise<number> {
    const [first] = spares
    if (first === undefined) return Promise.resolve(0)
    const line = ({ inside }: BoxFolder): string =>
      `overlay ${inside}/root overlay ${overlayOptions(overlay, `${inside}/layer`)} 0 0\n`
    const table = `${first.inside}.mounts`
    writeSmallFile(this.#holder.view(table), spares.map(line).join(""), 0o600)
    writeSmallFile(this.#holder.view(`${table}.sh`), `mount -i -n -a -T ${table}\n`, 0o600)
    return this.#holder.run(`${table}.sh`)
  }

  /** Those of gears that are run no more. */
  #letGo(): void {
    while (this.#waiting.length > MOST_SPARES) {
      const spare = this.#waiting.shift()
      // What is left of it goes with the provider.
      if (spare !== undefined) void removeBoxFolder(spare.folder, this.#holder).catch(() => undefined)
    }
  }
}

/** Whether nothing has changed since before the box. */
function isUntouched(folder: BoxFolder, { spare, sinceMs }: Taken): boolean {
  const mountedMs = Number(spare.changedNs / 1_000_000n)
  return sinceMs - mountedMs > LONGEST_TICK_MS && changedNs(`${folder.layer}/upper`) === spare.changedNs
}
