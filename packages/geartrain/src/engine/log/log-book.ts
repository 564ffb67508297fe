import { nowIso } from "../../system/clock.ts"
import type { FileHandle } from "../../system/files.ts"
import { open } from "../../system/files.ts"
import { concealSecrets } from "./conceal-secrets.ts"
import { LogEnd } from "./log-end.ts"
import { endOfWhole, LINE_FEED, LINE_OVERHEAD, type LogLine, type LogPassage, linesOf } from "./log-line.ts"

/** What was kept of a log. */
export interface LogSummary {
  readonly lines: number
  readonly droppedBytes: number
  /** The last lines, oldest first. */
  readonly tail: readonly LogLine[]
}

const TAIL_LINES = 200
const NOTHING = Buffer.alloc(0)

export interface LogLimits {
  /** Bytes of log text that are kept from its beginning… */
  readonly headBytes: number
  /** …and from its end. What lies between is dropped, and the log says so. */
  readonly tailBytes: number
}

export interface LogOptions {
  readonly limits?: LogLimits
  /** What must not be in the log, though the gear prints it. */
  readonly secrets?: readonly Buffer[]
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
  readonly #headBytesAllowed: number
  /** Of each stream, the beginning of a line that has not ended. */
  readonly #partial: Record<1 | 2, Buffer> = { 1: NOTHING, 2: NOTHING }
  readonly #end: LogEnd
  readonly #secrets: readonly Buffer[]
  #isHeadFull = false
  #headBytes = 0
  #headLines = 0
  #tail: LogLine[] = []
  #writing: Promise<void> = Promise.resolve()

  private constructor(file: FileHandle, { limits = LOG_LIMITS, secrets = [] }: LogOptions) {
    this.#file = file
    this.#headBytesAllowed = limits.headBytes
    this.#end = new LogEnd(limits.tailBytes)
    this.#secrets = secrets
  }

  static async open(path: string, options: LogOptions = {}): Promise<LogBook> {
    return new LogBook(await open(path, "wx", 0o600), options)
  }

  /**
   * Takes bytes of one stream over, which nobody may write to any more. Resolves when they are written, so that a gear cannot outrun the disk.
   */
  async write(fd: 1 | 2, bytes: Uint8Array): Promise<void> {
    const came = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    // One stamp for all lines that come at once: making the text of a time takes longer than all else about a line.
    const time = nowIso()
    const first = this.#partial[fd].length === 0 ? 0 : came.indexOf(LINE_FEED) + 1
    if (first > 0 || this.#partial[fd].length > 0) {
      // Only the line that both have a part of is copied.
      const line = Buffer.concat([this.#partial[fd], first === 0 ? came : came.subarray(0, first)])
      this.#partial[fd] = await this.#takeWhole({ time, fd, bytes: line })
      if (first === 0) return
    }
    this.#partial[fd] = await this.#takeWhole({ time, fd, bytes: came.subarray(first) })
  }

  /** Adds a line of the system's own. */
  async note(msg: string): Promise<void> {
    await this.#append({ time: nowIso(), fd: -1, bytes: Buffer.from(`${msg.replaceAll("\n", " ")}\n`) })
  }

  /** Ends the log. May be called once. */
  async close(): Promise<LogSummary> {
    for (const fd of [1, 2] as const) await this.#append({ time: nowIso(), fd, bytes: this.#partial[fd] })
    const { droppedBytes } = this.#end
    if (droppedBytes > 0)
      await this.#store([{ time: nowIso(), fd: -1, msg: `${droppedBytes} bytes of log are left out here` }])
    for (const passage of this.#end.passages()) {
      const lines = linesOf(passage)
      this.#remember(lines)
      await this.#store(lines)
    }
    await this.#file.close()
    return { lines: this.#headLines + this.#end.lines, droppedBytes, tail: this.#tail }
  }

  /** Takes the whole lines, and answers with a copy of what is left, which must not keep all the rest in memory. */
  async #takeWhole(passage: LogPassage): Promise<Buffer> {
    const end = endOfWhole(passage.bytes)
    const rest = Buffer.from(passage.bytes.subarray(end))
    await this.#append({ ...passage, bytes: passage.bytes.subarray(0, end) })
    return rest
  }

  async #append(came: LogPassage): Promise<void> {
    const { bytes } = came
    if (bytes.length === 0) return
    const passage = { ...came, bytes: concealSecrets(bytes, this.#secrets) }
    if (this.#isHeadFull || this.#headBytes + bytes.length > this.#headBytesAllowed) {
      this.#isHeadFull = true
      this.#end.add(passage)
      return
    }
    const lines = linesOf(passage)
    this.#headBytes += bytes.length + lines.length * LINE_OVERHEAD
    this.#headLines += lines.length
    this.#remember(lines)
    await this.#store(lines)
  }

  #remember(lines: readonly LogLine[]): void {
    this.#tail = [...this.#tail, ...lines.slice(-TAIL_LINES)].slice(-TAIL_LINES)
  }

  /** One write after the other: both streams share the file. */
  #store(lines: readonly LogLine[]): Promise<void> {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("")
    this.#writing = this.#writing.then(async () => void (await this.#file.appendFile(text)))
    return this.#writing
  }
}
