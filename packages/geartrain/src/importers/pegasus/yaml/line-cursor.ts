import type { GeartrainError } from "@geartrain/spec"
import { pegasusFault } from "../pegasus-fault.ts"

/** Of which file a text is, for what is told of its faults. */
export interface TextOf {
  readonly file: string
}

const SPACE = 0x20
const TAB = 0x09
const HASH = 0x23
const CARRIAGE_RETURN = 0x0d

/**
 * Goes through the lines of a text that hold something: neither blank ones nor comments. Of the line where it stands it knows how far it
 * is indented and where its content begins and ends. It stands behind the last line when `done`.
 */
export class LineCursor {
  readonly text: string
  readonly of: TextOf
  /** From 1. */
  line = 0
  /** Columns before the content; -1 behind the end. */
  indent = -1
  /** Offset of the content. */
  start = 0
  /** Offset behind the line, without its end of line. */
  end = 0
  done = false
  #next = 0

  constructor(text: string, of: TextOf) {
    this.text = text
    this.of = of
    this.advance()
  }

  /** To the next line that holds something. */
  advance(): void {
    for (;;) {
      if (this.#next >= this.text.length) {
        this.done = true
        this.indent = -1
        this.start = this.end = this.text.length
        return
      }
      const from = this.#next
      this.#endLine(from)
      let at = from
      while (at < this.end && this.text.charCodeAt(at) === SPACE) at++
      if (at === this.end || this.text.charCodeAt(at) === HASH) continue
      if (this.text.charCodeAt(at) === TAB) {
        if (this.text.slice(at, this.end).trim() === "") continue
        throw this.fault("it is indented with a tab, which YAML does not allow")
      }
      this.indent = at - from
      this.start = at
      return
    }
  }

  /** Takes what follows on this line, at `at`, for a line of its own that is indented that far. */
  reenter(at: number): void {
    this.indent += at - this.start
    this.start = at
  }

  /** Goes on behind an offset that may be some lines further down; answers whether nothing but a comment follows on that line. */
  resumeAfter(at: number): boolean {
    for (let found = this.text.indexOf("\n", this.end); found !== -1 && found < at; ) {
      this.line++
      this.end = found
      found = this.text.indexOf("\n", found + 1)
    }
    this.#endOfLine(at)
    const rest = this.text.slice(at, this.end).trimStart()
    return rest === "" || rest.startsWith("#")
  }

  /** The next line as it is, blank or not; undefined at the end. Used for block scalars, which keep their lines. */
  rawLine(): string | undefined {
    if (this.#next >= this.text.length) return undefined
    const from = this.#next
    this.#endLine(from)
    return this.text.slice(from, this.end)
  }

  /** Looks at the next line without going there. */
  peekRaw(): string | undefined {
    if (this.#next >= this.text.length) return undefined
    const end = this.text.indexOf("\n", this.#next)
    const line = this.text.slice(this.#next, end === -1 ? this.text.length : end)
    return line.endsWith("\r") ? line.slice(0, -1) : line
  }

  fault(problem: string, line = this.line): GeartrainError {
    return pegasusFault({ file: this.of.file, line }, problem)
  }

  #endLine(from: number): void {
    this.line++
    this.#endOfLine(from)
  }

  #endOfLine(from: number): void {
    const found = this.text.indexOf("\n", from)
    this.end = found === -1 ? this.text.length : found
    this.#next = this.end + 1
    if (this.end > from && this.text.charCodeAt(this.end - 1) === CARRIAGE_RETURN) this.end--
  }
}
