import { StringDecoder } from "node:string_decoder"
import { nowIso } from "../../system/clock.ts"
import type { FileHandle } from "../../system/files.ts"
import { open } from "../../system/files.ts"

/** One line of a job's log. `fd`: 1 stdout, 2 stderr, -1 the system's own words. */
export interface LogLine {
  readonly time: string
  readonly fd: 1 | 2 | -1
  readonly msg: string
}

/** What was kept of a log. */
export interface LogSummary {
  readonly lines: number
  readonly droppedBytes: number
  /** The last lines, oldest first. */
  readonly tail: readonly LogLine[]
}

/** A longer line is cut into several. */
const MAX_LINE = 16 * 1024
const TAIL_LINES = 200
/** What a line costs beyond its text, in the file and in memory: empty lines are not free. */
const LINE_OVERHEAD = 72

export interface LogLimits {
  /** Bytes of log text that are kept from its beginning… */
  readonly headBytes: number
  /** …and from its end. What lies between is dropped, and the log says so. */
  readonly tailBytes: number
}

/** A log is read by people: 40 MiB is more than anybody reads, and a gear that writes a gigabyte costs no more. */
const LOG_LIMITS: LogLimits = { headBytes: 32 * 1024 * 1024, tailBytes: 8 * 1024 * 1024 }

/**
 * Writes a job's log to a file, one JSON object a line, while the job runs.
 *
 * Each stream is cut into lines on its own; a line is stamped when its end arrives. Memory stays below the limits.
 */
export class LogBook {
  readonly #file: FileHandle
  readonly #limits: LogLimits
  readonly #partial = { 1: "", 2: "" }
  readonly #decoders = { 1: new StringDecoder("utf8"), 2: new StringDecoder("utf8") }
  /** Lines for the end of the log; those before `#ringStart` are dropped already. */
  #ring: { line: LogLine; bytes: number }[] = []
  #ringStart = 0
  #ringBytes = 0
  #headBytes = 0
  #lines = 0
  #droppedBytes = 0
  #tail: LogLine[] = []
  #writing: Promise<void> = Promise.resolve()

  private constructor(file: FileHandle, limits: LogLimits) {
    this.#file = file
    this.#limits = limits
  }

  static async open(path: string, limits: LogLimits = LOG_LIMITS): Promise<LogBook> {
    return new LogBook(await open(path, "wx", 0o600), limits)
  }

  /** Takes bytes of one stream. Resolves when they are written, so that a gear cannot outrun the disk. */
  async write(fd: 1 | 2, bytes: Uint8Array): Promise<void> {
    const text = this.#partial[fd] + this.#decoders[fd].write(bytes as Buffer)
    // One stamp for all lines that come at once: making the text of a time takes longer than all else about a line.
    const time = nowIso()
    const ready: LogLine[] = []
    let start = 0
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
      pushLine(ready, { time, fd, msg: text.slice(start, end) })
      start = end + 1
    }
    while (text.length - start > MAX_LINE) {
      ready.push({ time, fd, msg: text.slice(start, start + MAX_LINE) })
      start += MAX_LINE
    }
    this.#partial[fd] = text.slice(start)
    await this.#append(ready)
  }

  /** Adds a line of the system's own. */
  async note(msg: string): Promise<void> {
    await this.#append([{ time: nowIso(), fd: -1, msg }])
  }

  /** Ends the log. May be called once. */
  async close(): Promise<LogSummary> {
    for (const fd of [1, 2] as const) {
      const rest = this.#partial[fd] + this.#decoders[fd].end()
      const last: LogLine[] = []
      if (rest !== "") pushLine(last, { time: nowIso(), fd, msg: rest })
      await this.#append(last)
    }
    if (this.#droppedBytes > 0) {
      await this.#store([{ time: nowIso(), fd: -1, msg: `${this.#droppedBytes} bytes of log are left out here` }])
    }
    await this.#store(this.#ring.slice(this.#ringStart).map((kept) => kept.line))
    await this.#file.close()
    return { lines: this.#lines, droppedBytes: this.#droppedBytes, tail: this.#tail }
  }

  async #append(lines: readonly LogLine[]): Promise<void> {
    if (lines.length === 0) return
    this.#lines += lines.length
    this.#tail = [...this.#tail.slice(-TAIL_LINES), ...lines.slice(-TAIL_LINES)].slice(-TAIL_LINES)
    const head: LogLine[] = []
    for (const line of lines) {
      const bytes = line.msg.length + LINE_OVERHEAD
      if (this.#ring.length === 0 && this.#headBytes + bytes <= this.#limits.headBytes) {
        this.#headBytes += bytes
        head.push(line)
      } else this.#keepAtEnd(line, bytes)
    }
    await this.#store(head)
  }

  #keepAtEnd(line: LogLine, bytes: number): void {
    this.#ring.push({ line, bytes })
    this.#ringBytes += bytes
    while (this.#ringBytes > this.#limits.tailBytes) {
      const dropped = this.#ring[this.#ringStart]?.bytes ?? 0
      this.#ringStart += 1
      this.#ringBytes -= dropped
      this.#droppedBytes += dropped - LINE_OVERHEAD
    }
    // Taking lines off the front one by one would move the whole array each time.
    if (this.#ringStart > 10_000) {
      this.#ring = this.#ring.slice(this.#ringStart)
      this.#ringStart = 0
    }
  }

  /** One write after the other: both streams share the file. */
  #store(lines: readonly LogLine[]): Promise<void> {
    if (lines.length === 0) return this.#writing
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("")
    this.#writing = this.#writing.then(async () => void (await this.#file.appendFile(text)))
    return this.#writing
  }
}

/** Adds a whole line, in pieces where it is too long, without the carriage return that some tools end lines with. */
function pushLine(lines: LogLine[], line: LogLine): void {
  const text = line.msg.endsWith("\r") ? line.msg.slice(0, -1) : line.msg
  const { time, fd } = line
  if (text.length <= MAX_LINE) lines.push({ time, fd, msg: text })
  else for (let at = 0; at < text.length; at += MAX_LINE) lines.push({ time, fd, msg: text.slice(at, at + MAX_LINE) })
}
