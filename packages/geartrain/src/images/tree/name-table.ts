import { randomHex } from "../../system/random.ts"
import { type HashKey, keyedHash } from "./keyed-hash.ts"
import { NumberColumn, RowSet } from "./number-column.ts"
import { type Compare, SiblingChains } from "./sibling-chains.ts"
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
  /** Inode + 1; 0 for none. */
  readonly #inode = new NumberColumn((length) => new Uint32Array(length))
  /** Of the current layer. */
  #touched = new RowSet()
  #whiteouts = { inside: new RowSet(), itself: new RowSet() }
  /** Made when it is asked for: a flat archive is read without. */
  #chains: SiblingChains | undefined
  #isSorted = false
  readonly #key: HashKey = [Number.parseInt(randomHex(4), 16), Number.parseInt(randomHex(4), 16)]
  /** Open addressing: numbers of names, 0 for a free slot. The root has no name and so is never in it. Undefined when it was let go of. */
  #slots: Uint32Array<ArrayBuffer> | undefined = new Uint32Array(FIRST_SLOTS)
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
    const slots = this.#filledSlots()
    const found = slots[this.#slotOf(slots, parent, this.#encode(name))] as number
    return found === 0 ? NONE : found
  }

  /** The number of a name, made when it is new. A new name has no inode. @param name  At most 255 bytes. */
  findOrAdd(parent: number, name: string): number {
    const bytes = this.#encode(name)
    const slots = this.#filledSlots()
    const slot = this.#slotOf(slots, parent, bytes)
    const found = slots[slot] as number
    if (found !== 0) return found
    const added = this.#count++
    this.#parent.set(added, parent)
    this.#text.set(added, this.#texts.add(bytes))
    this.#chains?.add(parent, added)
    this.#isSorted = false
    slots[slot] = added
    if (this.#count * 2 > slots.length) this.#fill(slots.length * 2)
    return added
  }

  parent(name: number): number {
    return this.#parent.get(name)
  }

  /** The bytes of a name alone, as a view. */
  bytes(name: number): Buffer {
    return this.#texts.get(this.#text.get(name))
  }

  /** Lets go of what a name is found by, for the time when no more come: 8 to 16 bytes for each. What is looked for then makes it anew. */
  dropIndex(): void {
    if (this.#slots !== undefined) free(this.#slots)
    this.#slots = undefined
  }

  /** Orders two names by their bytes; see `TextArena.compare`. */
  compare(
    first: number,
    second: number,
    tails: { readonly first: number; readonly second: number } = NO_TAILS,
  ): number {
    return this.#texts.compare(this.#text.get(first), this.#text.get(second), tails)
  }

  /** The whole path, without a slash at its beginning; empty for the root. */
  path(name: number): string {
    const parts: string[] = []
    for (let at = name; at !== ROOT; at = this.parent(at)) parts.push(this.bytes(at).toString("utf8"))
    return parts.reverse().join("/")
  }

  /** All names that a folder ever had, in any order. */
  *children(parent: number): Generator<number> {
    const chains = this.#filledChains()
    for (let child = chains.first(parent); child !== 0; child = chains.next(child)) yield child
  }

  /** The same, in the order of their bytes: the first leads to all others. Holds until a new name is given. */
  sortedChildren(): Pick<SiblingChains, "first" | "next"> {
    const chains = this.#filledChains()
    if (!this.#isSorted) {
      const compare: Compare = (first, second) => this.compare(first, second)
      for (let folder = 0; folder < this.#count; folder++) {
        if (chains.first(folder) !== 0) chains.sort(folder, compare)
      }
    }
    this.#isSorted = true
    return chains
  }

  /** @returns `NONE` when the name was taken away. */
  inode(name: number): number {
    return this.#inode.get(name) - 1
  }

  setInode(name: number, inode: number): void {
    this.#inode.set(name, inode + 1)
  }

  /** Begins the next layer, which has touched nothing yet. */
  startLayer(): void {
    this.#touched = new RowSet()
    this.#whiteouts = { inside: new RowSet(), itself: new RowSet() }
  }

  /** Whether the current layer has brought the name. */
  isTouched(name: number): boolean {
    return this.#touched.has(name)
  }

  touch(name: number): void {
    this.#touched.add(name)
  }

  /**
   * Notes that the current layer takes away a name itself, or what is inside of it.
   *
   * @returns false when it has done so before: a million equal whiteouts would else look through a million names each.
   */
  markWhiteout(name: number, what: "inside" | "itself"): boolean {
    const marked = this.#whiteouts[what]
    if (marked.has(name)) return false
    marked.add(name)
    return true
  }

  #encode(name: string): Buffer {
    const length = this.#scratch.write(name)
    return this.#scratch.subarray(0, length)
  }

  #slotOf(slots: Uint32Array, parent: number, bytes: Buffer): number {
    const mask = slots.length - 1
    let slot = keyedHash(this.#key, parent, bytes) & mask
    for (;;) {
      const found = slots[slot] as number
      if (found === 0) return slot
      if (this.#parent.get(found) === parent && this.#texts.equals(this.#text.get(found), bytes)) return slot
      slot = (slot + 1) & mask
    }
  }

  #filledSlots(): Uint32Array<ArrayBuffer> {
    return this.#slots ?? this.#fill(2 ** Math.ceil(Math.log2(Math.max(FIRST_SLOTS, this.#count * 2))))
  }

  #fill(length: number): Uint32Array<ArrayBuffer> {
    this.dropIndex()
    const slots = new Uint32Array(length)
    for (let name = 1; name < this.#count; name++) {
      slots[this.#slotOf(slots, this.parent(name), this.bytes(name))] = name
    }
    this.#slots = slots
    return slots
  }

  #filledChains(): SiblingChains {
    if (this.#chains !== undefined) return this.#chains
    const chains = new SiblingChains()
    for (let name = 1; name < this.#count; name++) chains.add(this.parent(name), name)
    this.#chains = chains
    return chains
  }
}

/** At once: the garbage collector would leave megabytes lying until much more has come together. */
function free(numbers: Uint32Array<ArrayBuffer>): void {
  numbers.buffer.transfer(0)
}

const NO_TAILS = { first: -1, second: -1 } as const

export const MOST_NAME_BYTES = 255
