import type { TerminalSettings } from "../../settings/settings.ts"
import { createPaint, type Paint } from "./paint.ts"

/** One of the two streams that the program writes to. */
export interface Channel {
  readonly isTerminal: boolean
  /** Whether a line may be written over again. */
  readonly movement: boolean
  /** Width to lay text out for. */
  readonly columns: number
  readonly paint: Paint
  /** The reader has gone away, so that whatever is written is lost. */
  closed(): boolean
  write(text: string): void
  /** For whoever has much to write: answers with a promise when the reader is slow, to be waited for lest it piles up in memory. */
  pour(data: string | Uint8Array): Promise<void> | undefined
  /** From now on nobody waits for a slow reader: what cannot be written at once is kept until it can. */
  stopWaiting(): void
  /** Resolves when everything is written, or nobody reads it. */
  flush(): Promise<void>
}

/** Where the program talks: results go out on `out`, everything else on `err`. */
export interface Terminal {
  readonly out: Channel
  readonly err: Channel
  /** Somebody sits at standard input and can be asked. */
  canAsk(): boolean
  /** Resolves when both streams are written: before that, the process must not end. */
  flush(): Promise<void>
}

/** The streams of this process, each opened on first use: Node loads a good part of itself for every one. */
export function openTerminal(settings: TerminalSettings): Terminal {
  let out: Channel | undefined
  let err: Channel | undefined
  return {
    get out() {
      out ??= openChannel(process.stdout, settings)
      return out
    },
    get err() {
      err ??= openChannel(process.stderr, settings)
      return err
    },
    canAsk: () => process.stdin.isTTY === true && process.stderr.isTTY === true,
    flush: async () => {
      await Promise.all([out?.flush(), err?.flush()])
    },
  }
}

/** Wider lines are hard to read, and narrower ones cannot hold a table anyway. */
const COLUMNS = { default: 100, least: 60, most: 120 }

function openChannel(stream: NodeJS.WriteStream, settings: TerminalSettings): Channel {
  const isTerminal = stream.isTTY === true
  let closed = false
  let patient = true
  let waiting: (() => void)[] = []
  const release = (): void => {
    for (const resolve of waiting) resolve()
    waiting = []
  }
  stream.on("drain", release)
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough, as `head`, is no error of ours. Of any other there is nowhere left to tell.
    closed = true
    release()
    if (error.code !== "EPIPE") process.exitCode = 1
  })
  return {
    isTerminal,
    movement: isTerminal && settings.movement,
    columns: Math.min(COLUMNS.most, Math.max(COLUMNS.least, stream.columns || COLUMNS.default)),
    paint: createPaint(isTerminal && settings.color),
    closed: () => closed,
    write: (text) => {
      if (!closed) stream.write(text)
    },
    pour: (data) => {
      if (closed || stream.write(data) || !patient) return undefined
      return new Promise((resolve) => waiting.push(resolve))
    },
    stopWaiting: () => {
      patient = false
      release()
    },
    flush: () => (closed ? Promise.resolve() : new Promise((resolve) => stream.write("", () => resolve()))),
  }
}
