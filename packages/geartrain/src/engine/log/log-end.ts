import { LINE_FEED, LINE_OVERHEAD, type LogPassage } from "./log-line.ts"

/**
 * Keeps the end of a log that is too long to be kept whole.
 *
 * What comes is held as the bytes that came, and taken apart only when it is written: most of it never is. As texts of lines, a gigabyte that is
 * soon dropped made the heap grow by 200 MB, since it is dropped more slowly than it comes.
 */
export class LogEnd {
  readonly #bytesAllowed: number
  #held: HeldPassage[] = []
  /** Those before have been dropped. */
  #first = 0
  #cost = 0
  #lines = 0
  #droppedBytes = 0

  constructor(bytesAllowed: number) {
    this.#bytesAllowed = bytesAllowed
  }

  /** Lines that came, dropped or not. */
  get lines(): number {
    return this.#lines
  }

  get droppedBytes(): number {
    return this.#droppedBytes
  }

  add(passage: LogPassage): void {
    const held = { ...passage, lines: countLines(passage.bytes) }
    this.#lines += held.lines
    this.#cost += costOf(held)
    this.#held.push(held)
    while (this.#cost > this.#bytesAllowed && this.#first < this.#held.length - 1) this.#dropPassage()
    if (this.#cost > this.#bytesAllowed) this.#shorten(held)
    // Taking passages off the front one by one would move the whole array each time.
    if (this.#first > 1000) {
      this.#held = this.#held.slice(this.#first)
      this.#first = 0
    }
  }

  /** What is left, oldest first. */
  passages(): readonly LogPassage[] {
    return this.#held.slice(this.#first)
  }

  #dropPassage(): void {
    const dropped = this.#held[this.#first]
    if (dropped === undefined) return
    // Its place stays for a while, and its bytes must not: a thousand of them are 64 MB.
    this.#held[this.#first] = NOTHING_HELD
    this.#first += 1
    this.#cost -= costOf(dropped)
    this.#droppedBytes += dropped.bytes.length - dropped.lines
  }

  /** One passage alone is too long: its beginning goes. */
  #shorten(held: HeldPassage): void {
    const { bytes } = held
    let start = 0
    let lines = 0
    while (start < bytes.length && this.#cost - start - lines * LINE_OVERHEAD > this.#bytesAllowed) {
      const feed = bytes.indexOf(LINE_FEED, start)
      start = feed === -1 ? bytes.length : feed + 1
      lines += 1
    }
    this.#cost -= start + lines * LINE_OVERHEAD
    this.#droppedBytes += start - lines
    this.#held = [{ ...held, bytes: bytes.subarray(start), lines: held.lines - lines }]
    this.#first = 0
  }
}

interface HeldPassage extends LogPassage {
  readonly lines: number
}

const NOTHING_HELD: HeldPassage = { time: "", fd: -1, bytes: Buffer.alloc(0), lines: 0 }

function costOf({ bytes, lines }: HeldPassage): number {
  return bytes.length + lines * LINE_OVERHEAD
}

/** In a loop of our own, since a call for each line feed takes ten times as long. */
function countLines(bytes: Uint8Array): number {
  let count = 0
  for (let at = 0; at < bytes.length; at++) if (bytes[at] === LINE_FEED) count++
  return bytes.length > 0 && bytes[bytes.length - 1] !== LINE_FEED ? count + 1 : count
}
