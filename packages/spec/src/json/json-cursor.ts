import { positionsOf, type TextPosition } from "../text/text-position.ts"
import type { JsonFault, JsonFaultKind, JsonFaultText } from "./json-fault.ts"

/** Thrown to leave the reading of a text that makes no sense any more. The fault that led to it is in `faults`. */
export class StopReading extends Error {}

// A text with more than these is not JSON with mistakes but something else.
const MOST_FAULTS = 100

/** A place in a text that is being read as JSON, and the faults found so far. */
export class JsonCursor {
  readonly text: string
  readonly faults: JsonFault[] = []
  offset = 0
  readonly #position: (offset: number) => TextPosition

  constructor(text: string) {
    this.text = text
    this.#position = positionsOf(text)
  }

  /** The next character, as one UTF-16 code unit; empty at the end of the text. */
  peek(): string {
    return this.text.charAt(this.offset)
  }

  /** The next character whole, as people would name it in a message. */
  peekCharacter(): string {
    return String.fromCodePoint(this.text.codePointAt(this.offset) ?? 0)
  }

  isAtEnd(): boolean {
    return this.offset >= this.text.length
  }

  /** Takes what a sticky expression matches here, or nothing. */
  take(sticky: RegExp): string | undefined {
    sticky.lastIndex = this.offset
    const match = sticky.exec(this.text)?.[0]
    if (match !== undefined) this.offset += match.length
    return match
  }

  position(offset: number): TextPosition {
    return this.#position(offset)
  }

  /** Notes a fault, and goes on. */
  report(kind: JsonFaultKind, offset: number, told: JsonFaultText): void {
    this.faults.push({ kind, ...this.#position(offset), ...told })
    if (this.faults.length < MOST_FAULTS) return
    this.faults.push({
      kind: "too-many-faults",
      ...this.#position(offset),
      problem: `there are more than ${MOST_FAULTS} faults`,
      fix: "Mend these first, and try again",
    })
    throw new StopReading()
  }

  /** Notes a fault after which nothing can be read. */
  stop(kind: JsonFaultKind, offset: number, told: JsonFaultText): never {
    this.report(kind, offset, told)
    throw new StopReading()
  }

  /** Goes over white space, and over what people take for it, which is reported. */
  skipSpace(): void {
    for (;;) {
      this.take(/[ \t\r\n]+/y)
      const start = this.offset
      if (this.take(/\/\/[^\r\n]*|#[^\r\n]*|\/\*[\s\S]*?(?:\*\/|$)/y) !== undefined) {
        this.report("comment", start, {
          problem: "JSON has no comments",
          fix: 'Remove the comment, or keep it as a "description"',
        })
      } else if (this.take(/\ufeff/y) !== undefined) {
        this.report("byte-order-mark", start, {
          problem: "there is a byte-order mark (U+FEFF), an invisible character",
          fix: "Save the file as UTF-8 without byte-order mark",
          edit: { start, end: this.offset, text: "" },
        })
      } else if (this.take(/[\s\u200b\u2060]+/y) !== undefined) {
        this.report("bad-space", start, {
          problem: `there is white space that JSON does not allow (${codePointName(this.text, start)})`,
          fix: "Replace it by an ordinary space",
          edit: { start, end: this.offset, text: " " },
        })
      } else return
    }
  }
}

/** Names a character by its number, for those that cannot be seen. */
export function codePointName(text: string, offset: number): string {
  const code = text.codePointAt(offset) ?? 0
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`
}
