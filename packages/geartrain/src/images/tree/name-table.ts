import { randomHex } from "../../system/random.ts"
import { type HashKey, keyedHash } from "./keyed-hash.ts"
import { NumberColumn } from "./number-column.ts"
import type { TextArena } from "./text-arena.ts"

/** The root folder. It is its own parent. */
export const ROOT = 0
/** No such name. */
export const NONE = -1

const FIRST_SLOTS = 1024

/**
 * The names of a tree: each is a number that stands for "this name in that folder", with the inode that it has now, or none.
 *
 * A name that is taken away keeps its number, so that layers that take away and give again cost nothing.
 */
export class NameTable {
  #count = 1
  readonly #texts: TextArena
  readonly #parent = new NumberColumn((length) => new Uint32Array(length))
  readonly #text = new NumberColumn((length) => new Uint32Array(length))
  readonly #nextSibling = new NumberColumn((length) => new Uint32Array(length))
  readonly #firstChild = new NumberColumn((length) => new Uint32Array(length))
  /** Inode + 1; 0 for none. */
  readonly #inode = new NumberColumn((length) => new Uint32Array(length))
  readonly #stamp = new NumberColumn((length) => new Uint16Array(length))
  readonly #whiteouts = {
    inside: new NumberColumn((length) => new Uint16Array(length)),
    itself: new NumberColumn((length) => new Uint16Array(length)),
  }
  readonly #key: HashKey = [Number.parseInt(randomHex(4), 16), Number.parseInt(randomHex(4), 16)]
  /** Open addressing: numbers of names, 0 for a free slot. The root has no name and so is never in it. */
  #slots = new Uint32Array(FIRST_SLOTS)
  readonly #scratch = Buffer.alloc(MOST_NAME_BYTES)

  constructor(texts: TextArena) {
    this.#texts = texts
  }

  /** Names that were ever given, the root included. */
  get count(): number {
    return this.#count
  }

  /** @returns `NONE` when the folder never had this name. The name may have been taken away. */
  find(parent: number, name: string): number {
    const bytes = this.#encode(name)
    const found = this.#slots[this.#slotOf(parent, bytes)] as number
    return found === 0 ? NONE : found
  }

  /** The number of a name, made when it is new. A new name has no inode. @param name  At most 255 bytes. */
  findOrAdd(parent: number, name: string): number {
    const bytes = this.#encode(name)
    const slot = this.#slotOf(parent, bytes)
    const found = this.#slots[slot] as number
    if (found !== 0) return found
    const added = this.#count++
    this.#parent.set(added, parent)
    this.#text.set(added, this.#texts.add(bytes))
    this.#nextSibling.set(added, this.#firstChild.get(parent))
    this.#firstChild.set(parent, added)
    this.#slots[slot] = added
    if (this.#count * 2 > this.#slots.length) this.#grow()
    return added
  }

  parent(name: number): number {
    return this.#parent.get(name)
  }

  /** The bytes of a name alone, as a view. */
  bytes(name: number): Buffer {
    return this.#texts.get(this.#text.get(name))
  }

  /** Orders two names by their bytes; see `TextArena.compare`. */
  compare(first: number, second: number, tails: { readonly first: number; readonly second: number }): number {
    return this.#texts.compare(this.#text.get(first), this.#text.get(second), tails)
  }

  /** The whole path, without a slash at its beginning; empty for the root. */
  path(name: number): string {
    const parts: string[] = []
    for (let at = name; at !== ROOT; at = this.parent(at)) parts.push(this.bytes(at).toString("utf8"))
    return parts.reverse().join("/")
  }

  /** All names that a folder ever had, the newest first. */
  *children(parent: number): Generator<number> {
    for (let child = this.#firstChild.get(parent); child !== 0; child = this.#nextSibling.get(child)) yield child
  }

  /** @returns `NONE` when the name was taken away. */
  inode(name: number): number {
    return this.#inode.get(name) - 1
  }

  setInode(name: number, inode: number): void {
    this.#inode.set(name, inode + 1)
  }

  /** The layer that last touched the name. */
  stamp(name: number): number {
    return this.#stamp.get(name)
  }

  setStamp(name: number, layer: number): void {
    this.#stamp.set(name, layer)
  }

  /**
   * Notes that a layer takes away a name itself, or what is inside of it.
   *
   * @returns false when it has done so before: a million equal whiteouts would else look through a million names each.
   */
  markWhiteout(name: number, what: "inside" | "itself", layer: number): boolean {
    const column = this.#whiteouts[what]
    const isFirst = column.get(name) !== layer
    column.set(name, layer)
    return isFirst
  }

  #encode(name: string): Buffer {
    const length = this.#scratch.write(name)
    return this.#scratch.subarray(0, length)
  }

  #slotOf(parent: number, bytes: Buffer): number {
    const mask = this.#slots.length - 1
    let slot = keyedHash(this.#key, parent, bytes) & mask
    for (;;) {
      const found = this.#slots[slot] as number
      if (found === 0) return slot
      if (this.#parent.get(found) === parent && this.#texts.equals(this.#text.get(found), bytes)) return slot
      slot = (slot + 1) & mask
    }
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Uint32Array(old.length * 2)
    for (const name of old) if (name !== 0) this.#slots[this.#slotOf(this.parent(name), this.bytes(name))] = name
  }
}

export const MOST_NAME_BYTES = 255
