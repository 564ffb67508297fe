import type { LogLine } from "../../engine/log/log-line.ts"
import { delay } from "../../system/clock.ts"
import { mayPass, untilAnswered, waitAfter } from "../server/retry.ts"
import type { AttemptServer } from "../server/runner-server.ts"
import type { AttemptFolder, SentChunk } from "./attempt-folder.ts"
import { readLines } from "./read-lines.ts"

export interface LogSenderPorts {
  readonly server: AttemptServer
  readonly folder: AttemptFolder
  /** The server wants the job to be cancelled. */
  readonly onCancel: () => void
  /** The server did not want a part of the log, for good: the attempt is not ours any more, most likely. */
  readonly onRefused: (error: unknown) => void
}

/** As much as the server takes at once: as text it is less. */
const MOST_BYTES = 1024 * 1024
/** Whoever watches a job is this much behind. */
const EVERY_MS = 1000
/** How long the server may be away before the rest of a log is given up with the attempt. */
const PATIENCE_MS = 15 * 60_000

/**
 * Sends a job's log while it is written: from the engine's file, in which secrets are concealed already. What the server has not taken yet stays
 * in the file, so a server that is away costs no memory, and no job waits for it.
 */
export class LogSender {
  readonly #ports: LogSenderPorts
  readonly #path: string
  readonly #stop = new AbortController()
  #offset = 0
  #pending: SentChunk | undefined
  #chunks = 0
  #following: Promise<void> = Promise.resolve()

  private constructor(path: string, ports: LogSenderPorts) {
    this.#ports = ports
    this.#path = path
  }

  /** Begins to send what is in the file, or will be. */
  static start(path: string, ports: LogSenderPorts): LogSender {
    const sender = new LogSender(path, ports)
    sender.#following = sender.#follow()
    return sender
  }

  /** Goes on where a runner was killed: what it may have sent is sent again as it was, which changes nothing if it was. */
  static async resume(path: string, ports: LogSenderPorts): Promise<LogSender> {
    const sender = new LogSender(path, ports)
    const sent = await ports.folder.chunks()
    sender.#pending = sent.at(-1)
    sender.#offset = sender.#pending?.offset ?? 0
    sender.#chunks = Math.max(0, sent.length - 1)
    return sender
  }

  /** Sends nothing more: the attempt is not ours any more, or its log was sent. */
  stop(): void {
    this.#stop.abort()
  }

  /**
   * Sends the rest, when nothing is written any more.
   *
   * @param path  Where the whole log lies now.
   * @returns how many parts it was sent in.
   */
  async end(path: string | undefined, signal?: AbortSignal): Promise<number> {
    this.#stop.abort()
    await this.#following
    if (path !== undefined) {
      const options = { forMs: PATIENCE_MS, ...(signal === undefined ? {} : { signal }) }
      while (await untilAnswered(() => this.#send(path), options)) signal?.throwIfAborted()
    }
    return this.#chunks
  }

  /** Never rejects: what could not be sent is sent at the end. */
  async #follow(): Promise<void> {
    let failures = 0
    try {
      for (;;) {
        await delay(EVERY_MS, this.#stop.signal)
        try {
          while (await this.#send(this.#path)) this.#stop.signal.throwIfAborted()
          failures = 0
        } catch (error) {
          if (this.#stop.signal.aborted) return
          if (!mayPass(error)) {
            this.#ports.onRefused(error)
            return
          }
          await delay(waitAfter(failures++, error), this.#stop.signal)
        }
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#ports.onRefused(error)
    }
  }

  /** @returns whether there was something to send. */
  async #send(path: string): Promise<boolean> {
    const bytes = await readLines(path, this.#offset, this.#pending?.sizeBytes ?? MOST_BYTES)
    if (bytes.length === 0) return false
    if (this.#pending === undefined) {
      // Whether it came when no answer comes is not known: so it is sent again just as it was, though there is more by then.
      this.#pending = { offset: this.#offset, sizeBytes: bytes.length }
      await this.#ports.folder.addChunk(this.#pending)
    }
    const { cancel } = await this.#ports.server.putLog({ n: this.#chunks, bytes: textOf(bytes) })
    this.#pending = undefined
    this.#offset += bytes.length
    this.#chunks += 1
    if (cancel) this.#ports.onCancel()
    return true
  }
}

/** What a gear said, for people: of each line of the engine's log the text alone. */
function textOf(lines: Uint8Array): Uint8Array {
  const said = Buffer.from(lines)
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => `${(JSON.parse(line) as LogLine).msg}\n`)
  return Buffer.from(said.join(""))
}
